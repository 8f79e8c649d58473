// SPDX-License-Identifier: Apache-2.0

/// The number of a superblock, `major:minor`; that of a file's `stat`.
public struct MountDevice: Hashable, Sendable, CustomStringConvertible {
  /// The major number; 0 for file systems without a block device.
  public var major: UInt32
  /// The minor number.
  public var minor: UInt32

  /// Makes a number of its halves.
  public init(major: UInt32, minor: UInt32) {
    self.major = major
    self.minor = minor
  }

  /// Reads `0:52`; nil for anything else.
  init?(_ text: [UInt8]) {
    let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 2, let major = LineNumber.decimal(Array(parts[0])), major >= 0,
      let minor = LineNumber.decimal(Array(parts[1])), minor >= 0
    else { return nil }
    self.init(major: UInt32(clamping: major), minor: UInt32(clamping: minor))
  }

  /// `0:52`.
  public var description: String { "\(major):\(minor)" }
}
