// SPDX-License-Identifier: Apache-2.0

/// Which of the two incompatible layouts a cache directory, or a part of it, has.
///
/// | | legacy | volumes |
/// |---|---|---|
/// | kernels | up to 5.16 | 5.17 and later |
/// | entries of `cache/` | `@xx` directories | `I…` directories |
/// | `xx` | 8-bit sum of the key | low byte of a 32-bit hash |
/// | file length | exact | rounded up to 4096 bytes |
///
/// A kernel bound to a directory of the other layout neither reads nor deletes it; both can stand side by side.
public enum FormatGeneration: String, Sendable, CaseIterable {
  /// Only volume directories (`I…`): written by Linux 5.17 and later.
  case volumes
  /// Only `@xx` trees: written by Linux up to 5.16.
  case legacy
  /// Both.
  case mixed
  /// Neither: an empty cache.
  case empty

  /// The layout that one entry of `cache/` belongs to, judged by its name alone; nil for foreign names.
  ///
  /// Mirrors what `cachefiles_acquire_volume` and, before 5.17, `cachefiles_walk_to_object` look up.
  public init?(topLevelName name: Span<UInt8>) {
    if name.count > 0, name[0] == VolumeName.prefix {
      self = .volumes
    } else if Fanout(directoryName: name) != nil {
      self = .legacy
    } else {
      return nil
    }
  }

  /// The layout of a directory that holds entries of both this and another layout.
  public func combined(with other: FormatGeneration) -> FormatGeneration {
    if self == other || other == .empty { return self }
    return self == .empty ? other : .mixed
  }
}
