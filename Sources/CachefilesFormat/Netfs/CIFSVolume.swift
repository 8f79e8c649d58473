// SPDX-License-Identifier: Apache-2.0

/// A CIFS volume key: `cifs,<address>:<port>,<share>`, made by `cifs_fscache_get_super_cookie` (fs/smb/client/fscache.c).
public struct CIFSVolume: Equatable, Sendable {
  /// The address as the kernel printed it (`%pISpc`), without brackets.
  public var address: String
  /// The port.
  public var port: UInt16
  /// The share's name without the server; every `/` was replaced by `;`.
  public var share: [UInt8]
  /// Whether the address is IPv6.
  public var isIPv6: Bool

  init(_ key: Span<UInt8>) throws(VolumeKeyReader.Failure) {
    var reader = VolumeKeyReader(key)
    _ = try reader.field("netfs")
    let endpoint = try reader.field("address")
    share = try reader.rest("share")
    guard let colon = endpoint.lastIndex(of: UInt8(ascii: ":")),
      let number = VolumeKeyReader.decimal(endpoint.span.extracting(colon + 1..<endpoint.count), limit: 65535)
    else {
      throw .init(reason: "the field address is \(EscapedBytes.quoted(endpoint)): no port at its end")
    }
    port = UInt16(truncatingIfNeeded: number)
    var host = endpoint.span.extracting(0..<colon)
    isIPv6 = host.count > 2 && host[0] == UInt8(ascii: "[") && host[host.count - 1] == UInt8(ascii: "]")
    if isIPv6 { host = host.extracting(1..<host.count - 1) }
    guard isIPv6 ? Self.isVersion6(host) : Self.isVersion4(host) else {
      throw .init(reason: "the field address is \(EscapedBytes.quoted(endpoint)): not an address and a port")
    }
    address = String(decoding: host.array, as: UTF8.self)
  }

  /// Whether a text is four decimal numbers of 8 bits with dots between them.
  private static func isVersion4(_ text: Span<UInt8>) -> Bool {
    var numbers = 0
    var start = 0
    for index in 0...text.count where index == text.count || text[index] == UInt8(ascii: ".") {
      guard VolumeKeyReader.decimal(text.extracting(start..<index), limit: 255) != nil else { return false }
      numbers += 1
      start = index + 1
    }
    return numbers == 4
  }

  /// Whether a text has the shape that the kernel prints: up to eight groups of four lower-case digits, `::` at most
  /// once, the last 32 bits possibly dotted.
  private static func isVersion6(_ text: Span<UInt8>) -> Bool {
    var groups = 0
    var elisions = 0
    var start = 0
    for index in 0...text.count where index == text.count || text[index] == UInt8(ascii: ":") {
      let group = text.extracting(start..<index)
      if group.count == 0 {
        // Nothing stands before, between or after two colons only.
        let isBefore = index == 0 && text.count > 1 && text[1] == UInt8(ascii: ":")
        let isBetween = index > 0 && index < text.count
        let isAfter = index > 1 && index == text.count && text[index - 2] == UInt8(ascii: ":")
        guard isBefore || isBetween || isAfter else { return false }
        if isBetween { elisions += 1 }
      } else if index == text.count, isVersion4(group) {
        groups += 2
      } else {
        guard group.count <= 4, Hex.number(group) != nil else { return false }
        for position in 0..<group.count where group[position] < 97 && group[position] > 57 { return false }
        groups += 1
      }
      start = index + 1
    }
    return elisions == 1 ? groups < 8 : elisions == 0 && groups == 8
  }

  /// The address and the port as in the key.
  var endpointText: String { isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)" }

  var fields: [NetfsField] {
    [
      NetfsField("address", .text(address)), NetfsField("port", .number(UInt64(port))),
      NetfsField("share", .bytes(share)),
    ]
  }
}
