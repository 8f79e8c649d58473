// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat

/// An argument as the bytes that the shell passed.
///
/// Swift's own argument array repairs bytes that are not UTF-8, silently. Here they pass the argument parser as
/// characters of a private plane and come out as they were.
struct ByteArgument: ExpressibleByArgument, Sendable, Equatable {
  /// The bytes.
  let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  init(argument: String) { bytes = RawArguments.decode(argument) }
}
