// SPDX-License-Identifier: Apache-2.0

/// An Internet address of a server, in network byte order.
public enum IPAddress: Equatable, Sendable, CustomStringConvertible {
  /// IPv4, as one number: 127.0.0.1 is 0x7f000001.
  case v4(UInt32)
  /// IPv6, as two numbers of 64 bits, the first part first.
  case v6(UInt64, UInt64)

  /// Whether it is this machine itself: 127.0.0.0/8 or ::1.
  public var isLoopback: Bool {
    switch self {
    case .v4(let address): address >> 24 == 127
    case .v6(let high, let low): high == 0 && (low == 1 || low >> 24 == 0xffff7f)
    }
  }

  /// The address as text: dotted for IPv4, the short form of RFC 5952 for IPv6.
  public var description: String {
    switch self {
    case .v4(let address):
      "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
    case .v6(let high, let low): Self.text(high, low)
    }
  }

  /// An IPv4 address that is written as one of IPv6 (`::ffff:192.168.6.1`) as the IPv4 address that it is.
  public var unmapped: IPAddress {
    if case .v6(0, let low) = self, low >> 32 == 0xffff { return .v4(UInt32(truncatingIfNeeded: low)) }
    return self
  }

  /// RFC 5952: lower case, no leading zeros, the first longest run of at least two zero groups as `::`, and the last
  /// 32 bits dotted where the prefix is the IPv4-mapped one.
  private static func text(_ high: UInt64, _ low: UInt64) -> String {
    if high == 0, low >> 32 == 0xffff {
      return "::ffff:\(IPAddress.v4(UInt32(truncatingIfNeeded: low)))"
    }
    var groups: [UInt16] = []
    for part in [high, low] {
      for shift: UInt64 in [48, 32, 16, 0] { groups.append(UInt16(truncatingIfNeeded: part >> shift)) }
    }
    var best = 0..<0
    var start = 0
    while start < groups.count {
      var end = start
      while end < groups.count, groups[end] == 0 { end += 1 }
      if end - start > max(best.count, 1) { best = start..<end }
      start = max(end, start + 1)
    }
    func joined(_ range: Range<Int>) -> String {
      range.map { String(groups[$0], radix: 16) }.joined(separator: ":")
    }
    if best.isEmpty { return joined(0..<8) }
    return joined(0..<best.lowerBound) + "::" + joined(best.upperBound..<8)
  }
}
