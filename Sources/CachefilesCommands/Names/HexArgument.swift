// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import LinuxIO
import SystemPackage

/// Hexadecimal bytes on the command line.
struct HexArgument: ExpressibleByArgument {
  let bytes: [UInt8]
  init?(argument: String) {
    guard let bytes = try? Hex.bytes(Array(argument.utf8).span) else { return nil }
    self.bytes = bytes
  }
}
