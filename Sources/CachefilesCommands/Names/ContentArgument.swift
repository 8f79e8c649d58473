// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import LinuxIO
import SystemPackage

/// A content value on the command line: its name or its number.
struct ContentArgument: ExpressibleByArgument {
  let content: Content
  init?(argument: String) {
    if let number = UInt8(argument) {
      content = Content(rawValue: number)
    } else if let named = Content(name: argument) {
      content = named
    } else {
      return nil
    }
  }
}
