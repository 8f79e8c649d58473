// SPDX-License-Identifier: Apache-2.0

/// Why an object is not used; mirrors the order of tests in `cachefiles_check_auxdata` (fs/cachefiles/xattr.c).
public enum ObjectRejection: Equatable, Sendable, CustomStringConvertible {
  /// There is no attribute.
  case absent
  /// The attribute is longer than the netfs expects; both lengths in bytes, header included.
  case tooLong(found: Int, expected: Int)
  /// The attribute is shorter than the netfs expects; both lengths in bytes, header included.
  case tooShort(found: Int, expected: Int)
  /// The type byte is not 1.
  case wrongType(UInt8)
  /// The coherency data differs.
  case coherencyDiffers
  /// The size differs; both in bytes.
  case sizeDiffers(found: UInt64, expected: UInt64)
  /// The size is one that no file has, so that it differs from every file's; in bytes.
  case impossibleSize(UInt64)
  /// It was open for writing when the machine went down.
  case dirty

  /// What the kernel does.
  public func outcome(_ era: KernelEra) -> ObjectOutcome {
    switch self {
    case .absent, .tooLong: era == .since6_10 ? .refuse : .replace
    default: .replace
    }
  }

  /// The reason as one line.
  public var description: String {
    switch self {
    case .absent: "it has no \(CacheAttribute.name) attribute"
    case .tooLong(let found, let expected): "its attribute has \(found) bytes, more than the \(expected) expected"
    case .tooShort(let found, let expected): "its attribute has \(found) bytes, fewer than the \(expected) expected"
    case .wrongType(let type): "its type byte is \(type), not 1"
    case .coherencyDiffers: "its coherency data differs from the server's"
    case .sizeDiffers(let found, let expected): "its size is \(found), not \(expected)"
    case .impossibleSize(let size): "its size is 0x\(String(size, radix: 16)): no file is so long"
    case .dirty: "it is dirty: it was open for writing when the cache went down"
    }
  }
}
