import ArgumentParser
import CachefilesFormat
import Glibc

/// A server on the command line: its address in any form that the system reads, IPv6 in brackets or not, or its name, which is
/// resolved as a mount does. A name stands for all its addresses.
struct ServerArgument: ExpressibleByArgument, Sendable, CustomStringConvertible {
  /// As it was given.
  let description: String
  private let addresses: [[UInt8]]

  init?(argument: String) {
    description = argument
    addresses = Self.bytes(argument).map { [$0] } ?? Self.resolve(argument)
    if addresses.isEmpty { return nil }
  }

  /// Whether a volume is of this server, as far as its key tells: those of NFS and SMB do.
  func matches(_ key: [UInt8]) -> Bool {
    guard let server = NetfsVolume(volumeKey: key.span, byteOrder: .host).server, let address = Self.bytes(server)
    else { return false }
    return addresses.contains(address)
  }

  /// The addresses of a name: `getaddrinfo`. What consists of digits and dots is an address that is not written out.
  private static func resolve(_ name: String) -> [[UInt8]] {
    guard !name.isEmpty, !name.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }) else { return [] }
    var first: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(name, nil, nil, &first) == 0 else { return [] }
    defer { freeaddrinfo(first) }
    var found: [[UInt8]] = []
    var next = first
    while let entry = next {
      var text = [CChar](repeating: 0, count: 256)
      let failed = getnameinfo(
        entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
      let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if failed == 0, let bytes = bytes(address), !found.contains(bytes) { found.append(bytes) }
      next = entry.pointee.ai_next
    }
    return found
  }

  /// The address in network byte order. An IPv4 address that is written as one of IPv6 is that IPv4 address.
  private static func bytes(_ text: String) -> [UInt8]? {
    var plain = text[...]
    if plain.first == "[", plain.last == "]" { plain = plain.dropFirst().dropLast() }
    var bytes = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, String(plain), &bytes) == 1 { return Array(bytes[..<4]) }
    // The zone names an interface of the client.
    let address = plain.prefix { $0 != "%" }
    guard inet_pton(AF_INET6, String(address), &bytes) == 1 else { return nil }
    let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
    return isMapped ? Array(bytes[12...]) : bytes
  }
}
