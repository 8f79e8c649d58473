// SPDX-License-Identifier: Apache-2.0

/// A row of `/proc/fs/fscache/objects` (2.6.30 to 5.15, CONFIG_FSCACHE_OBJECT_LIST) or of `/proc/fs/fscache/cookies` as
/// kernels before 5.17 have it.
///
///     … | NFS.fh           DT  0 ffff88001dd82820 010006017edcf8bb…, e567634700000000…
///     … | 0000000c NFS.fh           DT   22 010006017edcf8bb…, e567634700000000…
///     0000000c 00000003     1     0   1 DT 222 NFS.fh           000000009d1b5c2a 010006017edcf8bb…, e5676347…
///
/// The columns changed with every other release; the definition's name, the type beside it and the key at the end did
/// not.
public struct LegacyTableLine: Equatable, Sendable {
  /// The cookie that the row is about.
  public var definition: LegacyDefinition
  /// `IX`, `DT` or a number.
  public var kind: LegacyName.Kind?
  /// The key; nil where the kernel was not asked to print it.
  public var key: [UInt8]?
  /// The coherency data.
  public var coherency: [UInt8] = []

  /// Reads a row; nil when it is none.
  public init?(parsing line: Span<UInt8>) {
    var reader = LineReader(line)
    var words: [[UInt8]] = []
    while true {
      let word = reader.word()
      if word.isEmpty { break }
      words.append(word)
    }
    guard let name = words.firstIndex(where: { LegacyDefinition.isName($0) }), name >= 5, name <= 20,
      LineNumber.hexadecimal(words[0], digits: 8) != nil
    else { return nil }
    definition = LegacyDefinition(name: words[name])
    let type = words.first { $0 == Array("IX".utf8) || $0 == Array("DT".utf8) }
    guard let type else { return nil }
    kind = type == Array("IX".utf8) ? .index : .data
    definition.kind = definition.kind ?? kind
    let rest = words[(name + 1)...].filter { $0 != type }
    if let comma = rest.firstIndex(where: { $0.last == UInt8(ascii: ",") }) {
      let digits = Array(rest[comma].dropLast())
      key = try? Hex.bytes(digits.span)
      if comma + 1 < rest.count {
        let more = rest[comma + 1]
        coherency = (try? Hex.bytes(more.span)) ?? []
      }
      if key == nil { return nil }
    } else if let last = rest.last, last.count % 2 == 0, let bytes = try? Hex.bytes(last.span) {
      // A lone number beside the name is an address or flags, not a key.
      let isAddress = rest.count < 2 && last.count == 16 && words.contains([UInt8(ascii: "|")])
      key = isAddress || last.count < 4 ? nil : bytes
    }
  }
}
