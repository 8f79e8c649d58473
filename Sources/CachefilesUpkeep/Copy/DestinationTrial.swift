// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Finds out with a file that nobody sees whether a file system can hold a cache.
enum DestinationTrial {
  /// The length of the file, in bytes.
  private static let size: UInt64 = 16 << 20
  /// Where one byte is written, in bytes from the start.
  private static let place: UInt64 = 8 << 20
  /// Blocks are never larger than this, in bytes: ZFS has up to 16 MiB, but 1 MiB where nobody asked for more.
  private static let largestGranule: UInt64 = 1 << 20

  /// Tries a file without a name, a user attribute and a hole, and measures the block: the bytes that are data round one
  /// byte that was written.
  ///
  /// - Returns: the size of a block, and the times that can be kept.
  /// - Throws: ``CopyRefusal``; nothing is left behind.
  static func run(in directory: borrowing OwnedDescriptor, _ path: FilePath) throws(CopyRefusal) -> DestinationTraits {
    var step = "make a file without a name in"
    do throws(Errno) {
      let file = try directory.openUnnamed()
      step = "set a user attribute in"
      try file.setAttribute(CacheAttribute.name, to: [0])
      step = "make a hole in"
      try file.truncate(to: Int64(size))
      try file.write([1], at: Int64(place), count: 1)
      step = "find holes in"
      let runs = try file.dataExtents(size: size)
      guard runs.count == 1, let run = runs.first, run.offset == place, run.length <= largestGranule else {
        throw .invalidArgument
      }
      step = "set the times of a file in"
      return DestinationTraits(granule: run.length, times: try TimeResolution(measuredWith: file))
    } catch {
      throw refusal(step, error, path)
    }
  }

  private static func refusal(_ step: String, _ error: Errno, _ path: FilePath) -> CopyRefusal {
    switch (step, error) {
    case ("find holes in", .invalidArgument):
      .unusable(path: path.bytes, reason: "its file system takes holes for data, so it cannot hold a cache")
    case ("set a user attribute in", .notSupported):
      .unusable(
        path: path.bytes, reason: "its file system has no user extended attributes, so it cannot hold a cache")
    case ("make a file without a name in", .notSupported), ("make a file without a name in", .isDirectory):
      .unusable(path: path.bytes, reason: "its file system has no files without names, so it cannot hold a cache")
    default: .failed(StoreError(path: path.bytes, operation: step, error: error))
    }
  }
}
