// SPDX-License-Identifier: Apache-2.0
import LinuxIO

/// Which data of an object another file system can hold without making data of a hole. Pure.
///
/// A file system holds data in blocks, and a block is data or hole as a whole. Where the blocks of the destination are
/// larger than those of the source, the ones that a run covers only in part are left out: what is not cached is fetched
/// again, but zeros in place of a hole would be served as the file (`cachefiles_prepare_read`, fs/cachefiles/io.c).
struct DataLayout: Equatable, Sendable {
  /// The runs to copy, in order, apart from each other.
  private(set) var extents: [DataExtent] = []
  /// The bytes of the source's runs that are left out.
  private(set) var droppedBytes: UInt64 = 0

  /// The bytes to copy.
  var dataBytes: UInt64 { extents.reduce(0) { $0 + $1.length } }

  /// Fits runs of data to a file system.
  ///
  /// - Parameters:
  ///   - runs: the source's, in order.
  ///   - size: the length of the object in bytes; a run that reaches it may end within a block.
  ///   - granule: the bytes of a block of the destination.
  init(_ runs: [DataExtent], size: UInt64, granule: UInt64) {
    var joined: [DataExtent] = []
    for run in runs {
      if let last = joined.last, last.end >= run.offset {
        joined[joined.count - 1].length = max(last.end, run.end) - last.offset
      } else {
        joined.append(run)
      }
    }
    for run in joined {
      let start = (run.offset + granule - 1) / granule * granule
      let end = run.end >= size ? size : run.end / granule * granule
      guard start < end else {
        droppedBytes += run.length
        continue
      }
      extents.append(DataExtent(offset: start, length: end - start))
      droppedBytes += run.length - (end - start)
    }
  }
}
