// SPDX-License-Identifier: Apache-2.0
import LinuxIO

/// The text formats of Prometheus: OpenMetrics (https://prometheus.io/docs/specs/om/open_metrics_spec/), and the older one
/// (https://prometheus.io/docs/instrumenting/exposition_formats/), which the node exporter's collector of text files reads.
/// They differ in what a counter is called, and in how a text ends. Gauges and counters only, which both know.
struct MetricsText {
  /// Which of both.
  enum Syntax {
    case openMetrics, prometheus
  }

  /// What a family of metrics measures.
  enum Kind: String {
    case gauge, counter
  }

  /// One value with its labels.
  typealias Sample = (labels: [(name: String, value: String)], value: Value)

  /// A number; whole ones are written out.
  enum Value {
    case whole(UInt64)
    case fraction(Double)
    case timestamp(Timestamp)
  }

  let syntax: Syntax
  private(set) var text: [UInt8] = []

  init(_ syntax: Syntax) { self.syntax = syntax }

  /// Adds a family; nothing without samples.
  mutating func add(_ name: String, _ help: String, kind: Kind = .gauge, unit: String? = nil, _ samples: [Sample]) {
    guard !samples.isEmpty else { return }
    let series = kind == .counter ? name + "_total" : name
    // In the older format a counter is called what its series are called.
    let family = syntax == .prometheus ? series : name
    line("# HELP \(family) \(help)")
    line("# TYPE \(family) \(kind.rawValue)")
    if syntax == .openMetrics, let unit { line("# UNIT \(family) \(unit)") }
    for sample in samples {
      let labels = sample.labels.map { "\($0.name)=\"\(Self.escape($0.value))\"" }.joined(separator: ",")
      line("\(series)\(labels.isEmpty ? "" : "{\(labels)}") \(Self.number(sample.value))")
    }
  }

  /// Adds a family with one value.
  mutating func add(_ name: String, _ help: String, kind: Kind = .gauge, unit: String? = nil, _ value: Value) {
    add(name, help, kind: kind, unit: unit, [([], value)])
  }

  /// Ends the text.
  mutating func end() {
    if syntax == .openMetrics { line("# EOF") }
  }

  private mutating func line(_ words: String) {
    text += words.utf8
    text.append(UInt8(ascii: "\n"))
  }

  private static func escape(_ value: String) -> String {
    value.reduce(into: "") { text, character in
      switch character {
      case "\\", "\"": text += "\\\(character)"
      case "\n": text += "\\n"
      default: text.append(character)
      }
    }
  }

  private static func number(_ value: Value) -> String {
    switch value {
    case .whole(let number): return String(number)
    case .fraction(let number): return Quantity.fixed(number, 6)
    case .timestamp(let time):
      let nanoseconds = time.clampedNanoseconds
      let rest = String(nanoseconds.magnitude % 1_000_000_000)
      let zeros = String(repeating: "0", count: 9 - rest.count)
      return "\(nanoseconds < 0 ? "-" : "")\(nanoseconds.magnitude / 1_000_000_000).\(zeros)\(rest)"
    }
  }
}
