// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import LinuxIO

/// A server on the command line: its address in any form that the kernel prints, IPv6 in brackets or not, or its name, which is
/// resolved as a mount does. A name stands for all its addresses.
struct ServerArgument: ExpressibleByArgument, Sendable, CustomStringConvertible {
  /// As it was given.
  let description: String
  private let addresses: [IPAddress]

  init?(argument: String) {
    description = argument
    addresses = Self.address(argument).map { [$0] } ?? Self.resolve(argument)
    if addresses.isEmpty { return nil }
  }

  /// Whether a volume is of this server, as far as its key tells: those of NFS and SMB do.
  func matches(_ key: [UInt8]) -> Bool {
    guard let server = NetfsVolume(volumeKey: key.span, byteOrder: .host).server, let address = Self.address(server)
    else { return false }
    return addresses.contains(address)
  }

  private static func address(_ text: String) -> IPAddress? {
    var plain = text[...]
    if plain.first == "[", plain.last == "]" { plain = plain.dropFirst().dropLast() }
    return IPAddress(Array(plain.utf8))?.unmapped
  }

  /// The addresses of a name. What consists of digits and dots is an address that is not written out.
  private static func resolve(_ name: String) -> [IPAddress] {
    guard !name.isEmpty, !name.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }) else { return [] }
    return HostName.addresses(of: name).compactMap { address($0) }
  }
}
