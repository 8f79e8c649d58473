// SPDX-License-Identifier: Apache-2.0

/// What becomes of a name that may be too long: `d_name_len` of `struct cachefiles_object`
/// (fs/cachefiles/internal.h) had 8 bits, see ``cut(to:)``.
public enum NameFate: Equatable, Sendable {
  /// At most 255 bytes: every kernel since 5.17 makes exactly this name.
  case fits
  /// Newer kernels refuse (ENAMETOOLONG); kernels with an 8-bit length (5.17 to before 6.16, 6.12 among them) make
  /// the first `to` bytes, which other keys may share.
  case cut(to: Int)
  /// A multiple of 256 bytes: no kernel caches it; with the 8-bit length it becomes an empty name.
  case never
}
