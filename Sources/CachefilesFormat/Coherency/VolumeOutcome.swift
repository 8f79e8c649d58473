// SPDX-License-Identifier: Apache-2.0

/// What the kernel does with a volume directory when a mount asks for it: `cachefiles_acquire_volume`
/// (fs/cachefiles/volume.c).
public enum VolumeOutcome: String, Sendable {
  /// Used.
  case accept = "ok"
  /// Moved to the graveyard with everything in it, and made anew.
  case bury
  /// The mount is not cached until somebody mends the volume.
  case refuse
}
