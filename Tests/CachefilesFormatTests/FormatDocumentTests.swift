// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import Testing

/// The worked examples of Docs/Format.md, held against the module.
///
/// An example is a line of a fenced block whose info string starts with `example-`: columns that are given, and columns
/// that must follow from them. Tests/Independent/format.py reads the same blocks with an implementation of its own.
@Suite("Examples of the format's document")
struct FormatDocumentTests {
  /// One line of a block.
  struct Example: Sendable, CustomTestStringConvertible {
    /// The info string without `example-`.
    var kind: String
    /// The line; for kinds that quote kernel text, the quoted line.
    var text: String
    /// The columns; for kinds that quote kernel text, those of the line that follows.
    var columns: [String]
    var testDescription: String { "\(kind): \(text)" }
  }

  /// Kinds whose examples are a line of the kernel and a line `=> …` of columns.
  static let quoting = ["volume-line", "cookie-line", "log-line"]

  static let document = Result {
    examples(in: String(decoding: try Fixtures.data("Docs/Format.md"), as: UTF8.self))
  }

  /// The examples of a document.
  static func examples(in document: String) -> [Example] {
    var examples: [Example] = []
    var kind: String?
    var quoted = ""
    for line in document.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("```") {
        kind = line.hasPrefix("```example-") ? String(line.dropFirst("```example-".count)) : nil
      } else if let kind {
        let isAnswer = line.hasPrefix("=> ")
        if quoting.contains(kind), !isAnswer {
          quoted = line
          continue
        }
        let columns = (isAnswer ? line.dropFirst(3) : line[...]).split(separator: " ").map(String.init)
        examples.append(Example(kind: kind, text: isAnswer ? quoted : line, columns: columns))
      }
    }
    return examples
  }

  /// What the module says for each kind: how many columns are given, and those that follow from them.
  typealias Answer = @Sendable (Example) throws -> [String]
  static let answers: [String: (given: Int, answer: Answer)] = [
    "hash": (2, { [hex(KeyHash(salt: try word($0.columns[0]), raw($0.columns[1]).span).value)] }),
    "volume-hash": (1, { [hex(KeyHash(volumeKey: bytes(escaped: $0.columns[0]).span).value)] }),
    "name": (1, { [text(try ObjectName.name(of: raw($0.columns[0])))] }),
    "lengths": (
      1, { [try decoded(bytes(escaped: $0.columns[0])).name.keyLengths.map(String.init).joined(separator: ",")] }
    ),
    "verdict": (1, { [verdict(bytes(escaped: $0.columns[0]))] }),
    "fate": (1, { [fate(ObjectName.fate(ofNameLength: try number($0.columns[0])))] }),
    "path": (2, { try place(volume: bytes(escaped: $0.columns[0]), key: raw($0.columns[1])) }),
    "object-record": (1, { try objectRecord(raw($0.columns[0])) }),
    "object-check": (3, { try objectCheck($0.columns) }),
    "volume-record": (1, { try volumeRecord(raw($0.columns[0])) }),
    "volume-check": (2, { volumeCheck($0.columns) }),
    "file-size": (1, { ["\(ObjectRecord.fileSize(forObjectSize: UInt64(try number($0.columns[0]))) ?? 0)"] }),
    "graveyard": (1, { try graveyard(bytes(escaped: $0.columns[0])) }),
    "limit": (2, { try limit($0.columns) }),
    "culling": (3, { try culling($0.columns) }),
    "volume-key": (
      2,
      { example in
        let key = bytes(escaped: example.columns[0])
        return named(NetfsVolume(key, try order(example.columns[1])).fields, example.columns[2...])
      }
    ),
    "cookie-key": (
      3,
      { example in
        let type = try netfs(example.columns[0])
        let object = NetfsObject(raw(example.columns[2]), nil, type, try order(example.columns[1]))
        #expect(object.isPossible)
        return named(object.fields, example.columns[3...])
      }
    ),
    "coherency": (
      3,
      { example in
        let type = try netfs(example.columns[0])
        let data = NetfsCoherency(raw(example.columns[2]), type, try order(example.columns[1]))
        #expect(data.problem == nil)
        return named(data.fields, example.columns[3...])
      }
    ),
    "volume-coherency": (
      1, { named(NetfsCoherency(volume: raw($0.columns[0]), .cifs).fields, $0.columns[1...]) }
    ),
    "legacy-name": (3, { try legacyName($0.columns) }),
    "legacy-record": (1, { try legacyRecord(raw($0.columns[0])) }),
    "volume-line": (
      0,
      { example in
        let line = try VolumeLine(example.text)
        return [text(line.cacheName), text(line.key)]
      }
    ),
    "cookie-line": (
      0,
      { example in
        let line = try CookieLine(example.text)
        return [dashed(line.key), dashed(line.coherency)]
      }
    ),
    "log-line": (0, { try logLine($0.text) }),
  ]

  @Test("the document has examples of every kind, and of no other")
  func kinds() throws {
    #expect(Set(try Self.document.get().map(\.kind)) == Set(Self.answers.keys))
  }

  @Test("the module agrees with every example")
  func examples() throws {
    for example in try Self.document.get() {
      let comment = Comment(rawValue: example.testDescription)
      let (given, answer) = try #require(Self.answers[example.kind], comment)
      try #require(example.columns.count > given, comment)
      let columns = try answer(example)
      #expect(Array(example.columns[given...]) == columns, comment)
    }
  }

  @Test("an example that is changed by one digit does not pass")
  func wrongExamples() throws {
    for (kind, line) in [
      ("hash", "00000000  01000000  1a824032"), ("name", "616263  Dabd"), ("verdict", "SA  canonical"),
      ("object-check", "absent  5  61626364  replace  replace"), ("limit", "498132  10  49813"),
      ("coherency", "afs  little  0000000000000001  data_version=2"),
      ("cookie-key", "9p  little  ea25f80000000000  no_such_field=1"),
    ] {
      let example = try #require(Self.examples(in: "```example-\(kind)\n\(line)\n```\n").first)
      let (given, answer) = try #require(Self.answers[kind])
      #expect(try Array(example.columns[given...]) != answer(example), "\(line)")
    }
  }
}

// Columns to values.

private struct BadColumn: Error { var text: String }

private func raw(_ column: String) -> [UInt8] { column == "-" ? [] : bytes(column) }

private func bytes(escaped column: String) -> [UInt8] { EscapedBytes.unescape(ascii(column).span) }

private func word(_ column: String) throws -> UInt32 {
  guard let value = UInt32(column, radix: 16) else { throw BadColumn(text: column) }
  return value
}

private func number(_ column: some StringProtocol) throws -> Int {
  guard let value = Int(column) else { throw BadColumn(text: String(column)) }
  return value
}

private func order(_ column: String) throws -> ByteOrder {
  guard let order = ByteOrder(rawValue: column) else { throw BadColumn(text: column) }
  return order
}

private func netfs(_ column: String) throws -> NetfsType {
  guard let type = NetfsType(rawValue: column) else { throw BadColumn(text: column) }
  return type
}

// Values to columns.

private func hex(_ value: UInt32) -> String { Hex.string(value) }

private func dashed(_ bytes: [UInt8]) -> String { bytes.isEmpty ? "-" : Hex.string(bytes) }

private func text(_ bytes: [UInt8]) -> String {
  EscapedBytes.string(bytes).replacingOccurrences(of: " ", with: "\\x20")
}

private func render(_ value: NetfsField.Value) -> String {
  switch value {
  case .number(let number): "\(number)"
  case .identifier(let number): "0x" + String(number, radix: 16)
  case .bytes(let bytes): text(bytes)
  case .opaque(let bytes): Hex.string(bytes)
  case .text(let words): text(ascii(words))
  case .list(let names): text(ascii(names.joined(separator: ",")))
  case .time(let seconds, let nanoseconds): "\(seconds)." + String("\(1_000_000_000 + nanoseconds)".dropFirst())
  }
}

/// The fields that columns `name=value` ask for, as the module has them.
private func named(_ fields: [NetfsField], _ columns: ArraySlice<String>) -> [String] {
  columns.map { column in
    let name = String(column.prefix { $0 != "=" })
    return "\(name)=" + (fields[name].map(render) ?? "missing")
  }
}

private func verdict(_ name: [UInt8]) -> String {
  guard let result = try? decoded(name) else { return "no-key" }
  return result.name.isCanonical ? "canonical" : "unreachable"
}

private func fate(_ fate: NameFate) -> String {
  switch fate {
  case .fits: "fits"
  case .never: "never"
  case .cut(let length): "cut:\(length)"
  }
}

private func place(volume: [UInt8], key: [UInt8]) throws -> [String] {
  let volumeHash = KeyHash(volumeKey: volume.span)
  let hash = KeyHash(cookieKey: key.span, in: volumeHash)
  return [hex(volumeHash.value), hex(hash.value), "cache/" + (try path(volume: volume, key: key))]
}

private func objectRecord(_ value: [UInt8]) throws -> [String] {
  let record = try ObjectRecord(value)
  #expect(record.bytes == value)
  return ["\(record.objectSize)", "\(record.content.rawValue)", dashed(record.coherency)]
}

private func objectCheck(_ columns: [String]) throws -> [String] {
  let rejection = ObjectRecord.rejection(
    of: columns[0] == "absent" ? nil : raw(columns[0]), coherencyLength: nil, coherency: raw(columns[2]),
    objectSize: UInt64(try number(columns[1])))
  return [KernelEra.before6_10, .since6_10].map { (rejection?.outcome($0) ?? .accept).rawValue }
}

private func volumeRecord(_ value: [UInt8]) throws -> [String] {
  let record = try VolumeRecord(value)
  #expect(record.bytes == value)
  return ["\(record.reserved)", dashed(record.coherency)]
}

private func volumeCheck(_ columns: [String]) -> [String] {
  let rejection = VolumeRecord.rejection(
    of: columns[0] == "absent" ? nil : raw(columns[0]), coherencyLength: nil, coherency: raw(columns[1]))
  return [KernelEra.before6_10, .since6_10].map { (rejection?.outcome($0) ?? .accept).rawValue }
}

private func graveyard(_ bytes: [UInt8]) throws -> [String] {
  let name = try #require(GraveyardName(bytes))
  #expect(name.bytes == bytes)
  return [name.undertaker.rawValue, "\(name.seconds)", "\(name.counter)"]
}

private func limit(_ columns: [String]) throws -> [String] {
  var percentages = CullPercentages()
  percentages.brun = try number(columns[1])
  percentages.frun = percentages.brun
  let total = UInt64(try number(columns[0]))
  let limits = CullLimits(percentages, blocks: total, files: total)
  #expect(limits.brun == limits.frun)
  return ["\(limits.brun)"]
}

private func culling(_ columns: [String]) throws -> [String] {
  let values = try columns[0].split(separator: "/").map { UInt64(try number($0)) }
  var limits = CullLimits(CullPercentages(), blocks: 0, files: 0)
  (limits.brun, limits.bcull, limits.bstop) = (values[0], values[1], values[2])
  let judgement = limits.judge(
    freeFiles: 0, availableBlocks: UInt64(try number(columns[1])), culling: columns[2] == "on")
  return [judgement.isAllowed ? "allowed" : "refused", judgement.isCulling ? "on" : "off"]
}

private func legacyName(_ columns: [String]) throws -> [String] {
  guard let kind = LegacyName.Kind(rawValue: columns[0]) else { throw BadColumn(text: columns[0]) }
  let key = raw(columns[1])
  let name = LegacyName.name(of: key, kind: kind, byteOrder: try order(columns[2]))
  let again = try LegacyName(name)
  #expect(again.key == key && again.kind == kind && again.isCanonical)
  return [LegacyName.fanout(of: key).description + "/" + text(name)]
}

private func legacyRecord(_ value: [UInt8]) throws -> [String] {
  guard case .cookie(let type, let coherency) = try LegacyRecord(value) else { return ["C3"] }
  return ["\(type)", dashed(coherency)]
}

private func logLine(_ line: String) throws -> [String] {
  let line = try LogLine(line)
  let volume =
    switch line.volumeKey {
    case .certain(let key): text(key)
    case .ambiguous: "ambiguous"
    case nil: "-"
    }
  return [volume, line.cookieKey.map { dashed($0) } ?? "-"]
}
