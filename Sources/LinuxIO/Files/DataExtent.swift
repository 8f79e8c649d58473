// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import SystemPackage

/// A run of data in a sparse file.
public struct DataExtent: Equatable, Sendable {
  /// The first byte.
  public var offset: UInt64
  /// The number of bytes.
  public var length: UInt64

  /// Makes a run.
  public init(offset: UInt64, length: UInt64) {
    self.offset = offset
    self.length = length
  }

  /// The byte after the last.
  public var end: UInt64 { offset + length }

  /// How many of its bytes lie within the first `size` of a file.
  public func length(within size: UInt64) -> UInt64 { offset < size ? min(length, size - offset) : 0 }
}
