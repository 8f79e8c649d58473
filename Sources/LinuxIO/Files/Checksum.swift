// SPDX-License-Identifier: Apache-2.0
internal import CDeflate

/// CRC-32 of bytes as they come, the one of gzip: it finds what was damaged, not what somebody forged.
public struct Checksum: Sendable, Equatable {
  /// The sum of all that was added.
  public private(set) var value: UInt32 = 0

  /// Of nothing.
  public init() {}

  /// Adds bytes. The corresponding C function is `libdeflate_crc32`.
  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    value = libdeflate_crc32(value, base, bytes.count)
  }

  /// Adds bytes.
  public mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }
}
