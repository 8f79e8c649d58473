// SPDX-License-Identifier: Apache-2.0

/// Why a volume directory is not used; mirrors `cachefiles_check_volume_xattr` (fs/cachefiles/xattr.c).
public enum VolumeRejection: Equatable, Sendable, CustomStringConvertible {
  /// There is no attribute.
  case absent
  /// The attribute is longer than the netfs expects; both lengths in bytes, header included.
  case tooLong(found: Int, expected: Int)
  /// The attribute is shorter than the netfs expects; both lengths in bytes, header included.
  case tooShort(found: Int, expected: Int)
  /// The reserved bytes are not zero.
  case reserved(UInt32)
  /// The coherency data differs.
  case coherencyDiffers

  /// What the kernel does.
  public func outcome(_ era: KernelEra) -> VolumeOutcome {
    switch self {
    case .absent, .tooLong: era == .since6_10 ? .refuse : .bury
    default: .bury
    }
  }

  /// The reason as one line.
  public var description: String {
    switch self {
    case .absent: "it has no \(CacheAttribute.name) attribute"
    case .tooLong(let found, let expected): "its attribute has \(found) bytes, more than the \(expected) expected"
    case .tooShort(let found, let expected): "its attribute has \(found) bytes, fewer than the \(expected) expected"
    case .reserved(let value): "its reserved bytes are \(value), not 0"
    case .coherencyDiffers: "its coherency data differs from the server's"
    }
  }
}
