import ArgumentParser
import CachefilesFormat
import Glibc

/// A server's address on the command line, in any form of it that the system reads; IPv6 may stand in brackets.
struct ServerArgument: ExpressibleByArgument, Sendable {
  private let address: [UInt8]

  init?(argument: String) {
    guard let address = Self.bytes(argument) else { return nil }
    self.address = address
  }

  /// Whether a volume is of this server, as far as its key tells: those of NFS and SMB do.
  func matches(_ key: [UInt8]) -> Bool {
    guard let server = NetfsVolume(volumeKey: key.span, byteOrder: .host).server else { return false }
    return Self.bytes(server) == address
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
