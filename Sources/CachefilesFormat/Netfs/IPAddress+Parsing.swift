// SPDX-License-Identifier: Apache-2.0
extension IPAddress {
  /// Reads an address as the kernel prints it in mount options: `192.168.6.1`, an IPv6 address long or short, with or
  /// without its scope (`%2`), whose last 32 bits may be dotted. Nil for anything else.
  public init?(_ text: [UInt8]) {
    let address = Array(text.prefix { $0 != UInt8(ascii: "%") })
    if let value = Self.dotted(address[...]) {
      self = .v4(value)
      return
    }
    guard let groups = Self.groups(of: address) else { return nil }
    func half(_ range: Range<Int>) -> UInt64 { groups[range].reduce(0) { $0 << 16 | UInt64($1) } }
    self = .v6(half(0..<4), half(4..<8))
  }

  /// Reads an address as `rpc_peeraddr2str` prints it for `/proc/fs/nfsfs`: 8 or 32 hexadecimal digits.
  public init?(hexadecimal text: [UInt8]) {
    if text.count == 8, let value = Hex.number(text.span) {
      self = .v4(UInt32(truncatingIfNeeded: value))
    } else if text.count == 32, let high = Hex.number(text.span.extracting(0..<16)),
      let low = Hex.number(text.span.extracting(16..<32))
    {
      self = .v6(high, low)
    } else {
      return nil
    }
  }

  private static func dotted(_ text: ArraySlice<UInt8>) -> UInt32? {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var value: UInt32 = 0
    for part in parts {
      let digits = Array(part)
      guard let number = VolumeKeyReader.decimal(digits.span, limit: 255) else { return nil }
      value = value << 8 | number
    }
    return value
  }

  /// The eight groups of an IPv6 address; nil when the text is none.
  private static func groups(of text: [UInt8]) -> [UInt16]? {
    let colon = UInt8(ascii: ":")
    var elision: Int?
    var groups: [UInt16] = []
    var rest = text[...]
    if rest.starts(with: [colon, colon]) {
      elision = 0
      rest = rest.dropFirst(2)
    }
    while !rest.isEmpty {
      let part = rest.prefix { $0 != colon }
      rest = rest.dropFirst(part.count)
      if rest.isEmpty, let value = dotted(part) {
        groups += [UInt16(truncatingIfNeeded: value >> 16), UInt16(truncatingIfNeeded: value)]
        break
      }
      let digits = Array(part)
      guard let number = Hex.number(digits.span, limit: 4) else { return nil }
      groups.append(UInt16(truncatingIfNeeded: number))
      if rest.isEmpty { break }
      rest = rest.dropFirst()
      if rest.first == colon {
        if elision != nil { return nil }
        elision = groups.count
        rest = rest.dropFirst()
      } else if rest.isEmpty {
        return nil
      }
    }
    guard let elision else { return groups.count == 8 ? groups : nil }
    guard groups.count < 8 else { return nil }
    groups.insert(contentsOf: [UInt16](repeating: 0, count: 8 - groups.count), at: elision)
    return groups
  }
}
