// SPDX-License-Identifier: Apache-2.0

/// The six percentages of the configuration: at which share of free space culling ends and begins, and caching ends.
///
/// The commands `brun`, `bcull`, `bstop`, `frun`, `fcull` and `fstop` of cachefilesd.conf(5), read by
/// `cachefiles_daemon_brun` and its five siblings (fs/cachefiles/daemon.c).
public struct CullPercentages: Equatable, Sendable {
  /// Culling ends at this share of free blocks.
  public var brun = 7
  /// Culling begins below this share of free blocks.
  public var bcull = 5
  /// No new data below this share of free blocks.
  public var bstop = 1
  /// Culling ends at this share of free files.
  public var frun = 7
  /// Culling begins below this share of free files.
  public var fcull = 5
  /// No new files below this share of free files.
  public var fstop = 1

  /// The kernel's own defaults, 7, 5 and 1 (`cachefiles_daemon_open`, fs/cachefiles/daemon.c).
  public init() {}

  /// Whether the kernel would accept them: 0 ≤ stop < cull < run < 100 for blocks and for files.
  public var isValid: Bool {
    0 <= bstop && bstop < bcull && bcull < brun && brun < 100
      && 0 <= fstop && fstop < fcull && fcull < frun && frun < 100
  }
}
