// SPDX-License-Identifier: Apache-2.0

/// The limits of a cache in blocks and files, fixed at bind from the size of the file system.
///
/// Mirrors `cachefiles_add_cache` (fs/cachefiles/cache.c), which divides by 100 before it multiplies.
public struct CullLimits: Equatable, Sendable {
  /// Free blocks at which culling ends.
  public var brun: UInt64
  /// Free blocks below which culling begins.
  public var bcull: UInt64
  /// Free blocks below which nothing is stored.
  public var bstop: UInt64
  /// Free files at which culling ends.
  public var frun: UInt64
  /// Free files below which culling begins.
  public var fcull: UInt64
  /// Free files below which nothing is made.
  public var fstop: UInt64

  /// The limits of a file system with this many blocks (`f_blocks`) and files (`f_files`, 0 on btrfs: never limiting).
  public init(_ percentages: CullPercentages, blocks: UInt64, files: UInt64) {
    brun = Self.share(percentages.brun, of: blocks)
    bcull = Self.share(percentages.bcull, of: blocks)
    bstop = Self.share(percentages.bstop, of: blocks)
    frun = Self.share(percentages.frun, of: files)
    fcull = Self.share(percentages.fcull, of: files)
    fstop = Self.share(percentages.fstop, of: files)
  }

  /// A share in hundredths; what no kernel takes is the nearest that can be.
  private static func share(_ percentage: Int, of count: UInt64) -> UInt64 {
    let (product, overflow) = (count / 100).multipliedReportingOverflow(by: UInt64(clamping: percentage))
    return overflow ? .max : product
  }

  /// Whether an allocation is allowed, and whether culling is on afterwards.
  public struct Judgement: Equatable, Sendable {
    /// The kernel stores what was asked.
    public var isAllowed: Bool
    /// The kernel asks the daemon to cull.
    public var isCulling: Bool
  }

  /// Judges an allocation as the kernel would.
  ///
  /// Mirrors `cachefiles_has_space` (fs/cachefiles/cache.c).
  /// - Parameters:
  ///   - freeFiles: `f_ffree` of the file system.
  ///   - availableBlocks: `f_bavail`, without blocks that are being written.
  ///   - wantedFiles: how many files are to be made.
  ///   - wantedBlocks: how many blocks are to be stored.
  ///   - culling: whether culling was on before.
  public func judge(
    freeFiles: UInt64, availableBlocks: UInt64, wantedFiles: UInt64 = 0, wantedBlocks: UInt64 = 0, culling: Bool
  ) -> Judgement {
    let files = freeFiles > wantedFiles ? freeFiles - wantedFiles : 0
    let blocks = availableBlocks > wantedBlocks ? availableBlocks - wantedBlocks : 0
    if files < fstop || blocks < bstop { return Judgement(isAllowed: false, isCulling: true) }
    if files < fcull || blocks < bcull { return Judgement(isAllowed: true, isCulling: true) }
    if culling, files >= frun, blocks >= brun { return Judgement(isAllowed: true, isCulling: false) }
    return Judgement(isAllowed: true, isCulling: culling)
  }
}
