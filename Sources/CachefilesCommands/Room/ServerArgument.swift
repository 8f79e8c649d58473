import ArgumentParser
import CachefilesFormat

/// A server's address on the command line, in any form of it that the kernel prints; IPv6 may stand in brackets.
struct ServerArgument: ExpressibleByArgument, Sendable {
  private let address: IPAddress

  init?(argument: String) {
    guard let address = Self.address(argument) else { return nil }
    self.address = address
  }

  /// Whether a volume is of this server, as far as its key tells: those of NFS and SMB do.
  func matches(_ key: [UInt8]) -> Bool {
    guard let server = NetfsVolume(volumeKey: key.span, byteOrder: .host).server else { return false }
    return Self.address(server) == address
  }

  private static func address(_ text: String) -> IPAddress? {
    var plain = text[...]
    if plain.first == "[", plain.last == "]" { plain = plain.dropFirst().dropLast() }
    return IPAddress(Array(plain.utf8))?.unmapped
  }
}
