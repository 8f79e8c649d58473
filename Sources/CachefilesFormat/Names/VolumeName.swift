// SPDX-License-Identifier: Apache-2.0

/// The name of a volume directory: `I` and the volume key.
///
/// Mirrors `cachefiles_acquire_volume` (fs/cachefiles/volume.c) and `fscache_alloc_volume` (fs/fscache/volume.c).
public enum VolumeName {
  /// The letter before the volume key.
  public static let prefix = UInt8(ascii: "I")

  /// The longest volume key that fits behind the letter, in bytes. fscache takes 255, whose directory has no name.
  public static let maximumKeyLength = 254

  /// Why a volume key has no directory.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// Longer than 255 bytes: fscache refuses it and the mount fails (ENOMEM).
    case refused(count: Int)
    /// Exactly 255 bytes: fscache takes it, the lookup fails with ENAMETOOLONG, the volume is silently not cached.
    case nameTooLong
    /// A slash: the lookup fails with EACCES, the volume is silently not cached.
    case slash
    /// A NUL byte: keys are NUL-terminated.
    case nul

    /// The failure as one line.
    public var description: String {
      switch self {
      case .refused(let count): "a volume key of \(count) bytes: the kernel refuses more than 255"
      case .nameTooLong: "a volume key of 255 bytes: its directory name would have 256, so the volume is never cached"
      case .slash: "a slash in the volume key: the volume is never cached"
      case .nul: "a NUL byte in the volume key"
      }
    }
  }

  /// Checks that a key has a directory name. Any byte but NUL and the slash may stand in it.
  ///
  /// - Throws: ``Failure`` when it has none.
  public static func check(key: Span<UInt8>) throws(Failure) {
    guard key.count <= 255 else { throw .refused(count: key.count) }
    guard key.count <= maximumKeyLength else { throw .nameTooLong }
    for index in 0..<key.count {
      if key[index] == 0 { throw .nul }
      if key[index] == UInt8(ascii: "/") { throw .slash }
    }
  }

  /// The directory name of a volume key.
  ///
  /// - Throws: ``Failure`` when the key has none.
  public static func name(ofKey key: [UInt8]) throws(Failure) -> [UInt8] {
    try check(key: key.span)
    return [prefix] + key
  }

  /// The volume key of a directory name, nil when the name does not start with `I`.
  public static func key(ofName name: Span<UInt8>) -> [UInt8]? {
    guard name.count > 0, name[0] == prefix else { return nil }
    return name.extracting(1..<name.count).array
  }

  /// The volume key of a directory name, nil when the name does not start with `I`.
  public static func key(ofName name: [UInt8]) -> [UInt8]? { key(ofName: name.span) }
}
