// SPDX-License-Identifier: Apache-2.0

/// Limits of cookie keys, and why a key is refused.
///
/// A cookie key is what a network file system calls a file: an NFS file handle, an AFS vnode, a 9P qid path. It is
/// 1 to 252 bytes; the kernel keeps it zero-padded to whole 32-bit words: `fscache_set_key` (fs/fscache/cookie.c).
public enum CookieKey {
  /// The longest key that cachefiles can take, in bytes: `NAME_MAX` − 3. A longer one hits a `BUG()`.
  public static let maximumLength = 252

  /// Why the kernel has no name for a key.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The key has no bytes: `__fscache_acquire_cookie` refuses it.
    case empty
    /// The key is longer than 252 bytes.
    case tooLong(count: Int)

    /// The failure as one line.
    public var description: String {
      switch self {
      case .empty: "an empty cookie key: the kernel refuses it"
      case .tooLong(let count): "a cookie key of \(count) bytes: the kernel takes at most \(CookieKey.maximumLength)"
      }
    }
  }

  /// Checks that a key of this many bytes is one that the kernel accepts.
  ///
  /// - Throws: ``Failure`` when it is empty or longer than 252 bytes.
  @inlinable
  public static func check(count: Int) throws(Failure) {
    guard count > 0 else { throw .empty }
    guard count <= maximumLength else { throw .tooLong(count: count) }
  }
}
