// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat

/// What a scheduler is told of a data set and its nodes.
enum DataSetLabel: String, CaseIterable, ExpressibleByArgument {
  /// Features of Slurm's nodes.
  case slurm
  /// Labels of Kubernetes' nodes.
  case kubernetes
  /// Properties of Flux' resources.
  case flux

  /// The shares, in percent, that have a feature or property of their own: these have no values to compare.
  static let steps = [25, 50, 75, 99]

  /// Whether a node can be named to a scheduler: what is no host name may be an option, or more, to the program that reads it.
  static func canName(_ host: String) -> Bool {
    guard let first = host.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: ".") else { return false }
    return host.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains(byte)
    }
  }

  /// The lines for data sets and the nodes of each, which can be named. A node is named once, with all that it has: a scheduler takes a
  /// second line for an error, or for all there is.
  func lines(_ sets: [(path: [UInt8], nodes: [FleetNode])]) -> [String] {
    var hosts: [String] = []
    var labels: [String: [String]] = [:]
    for set in sets {
      for node in set.nodes {
        if labels[node.host] == nil { hosts.append(node.host) }
        for label in self.labels(set.path, node) where !(labels[node.host] ?? []).contains(label) {
          labels[node.host, default: []].append(label)
        }
      }
    }
    return hosts.flatMap { lines(of: $0, labels[$0] ?? []) }
  }

  /// What a node has of one data set, in the words of the scheduler.
  private func labels(_ path: [UInt8], _ node: FleetNode) -> [String] {
    switch self {
    case .slurm, .flux: Self.features(Self.word(path, separator: "_", limit: 60), node)
    case .kubernetes: ["cachefiles/\(Self.word(path, separator: ".", limit: 63))=\(Self.percent(node))"]
    }
  }

  private func lines(of host: String, _ labels: [String]) -> [String] {
    switch self {
    case .slurm: ["NodeName=\(host) Features=\(labels.joined(separator: ","))"]
    case .kubernetes: ["\(host) \(labels.joined(separator: " "))"]
    case .flux:
      [
        "[[resource.config]]", "hosts = \"\(host)\"",
        "properties = [\(labels.map { "\"\($0)\"" }.joined(separator: ", "))]",
      ]
    }
  }

  /// The features of a node: that it has something, and each step that it has reached.
  private static func features(_ name: String, _ node: FleetNode) -> [String] {
    let percent = percent(node)
    return ["cached_\(name)"] + steps.filter { percent >= $0 }.map { "cached_\(name)_\($0)" }
  }

  /// The share in whole percent, rounded down: what is promised is there.
  private static func percent(_ node: FleetNode) -> Int { Int(node.share * 100) }

  /// A path as a word that all schedulers take: letters, digits and the separator, which begins and ends none. What is lost on the
  /// way is told apart by a hash.
  static func word(_ path: [UInt8], separator: Character, limit: Int) -> String {
    var isExact = true
    var text = ""
    for part in path.split(separator: UInt8(ascii: "/")) {
      if !text.isEmpty { text.append(separator) }
      for byte in part {
        let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        if !isPlain { isExact = false }
        text.append(isPlain ? Character(Unicode.Scalar(byte)) : "-")
      }
    }
    let slurmIsSafe = text.map { $0 == "-" && separator == "_" ? "_" : $0 }
    text = String(slurmIsSafe)
    if isExact, text.count <= limit, !text.isEmpty { return text }
    let letters = text.prefix(limit - 9).drop { !$0.isLetter && !$0.isNumber }
    // A word begins with a letter or digit, and "/" has none.
    let kept = letters.isEmpty ? "path" : letters
    return "\(kept)\(separator)\(hash(path))"
  }

  /// FNV-1a, 32 bits, as eight digits.
  private static func hash(_ bytes: [UInt8]) -> String {
    Hex.string(bytes.reduce(UInt32(0x811c_9dc5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 })
  }
}
