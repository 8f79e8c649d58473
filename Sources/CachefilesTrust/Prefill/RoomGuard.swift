// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
package import CachefilesStore
import LinuxIO
import SystemPackage

/// Sees to it that reading does not fill the cache's file system so far that culling begins.
///
/// The kernel stores what was read some time later, so that what is available now is not all that counts: what was available at the
/// beginning, less what was read since, is asked too, and the smaller of the two holds.
package final class RoomGuard: Sendable {
  /// What stops it.
  package enum Bound: Equatable, Sendable {
    /// The limits of the configuration at which culling begins.
    case culling(CullPercentages)
    /// So many hundredths of the file system are to stay free.
    case free(Double)
  }

  /// What was asked for.
  package let bound: Bound
  private let store: Store
  private let start: FileSystemStatus
  private let leastBlocks: UInt64
  private let leastFiles: UInt64

  /// So many parts of the file system are left beside the limit where culling begins: what other programs write meanwhile, and what
  /// the file system needs for itself.
  private static let margin: UInt64 = 200

  /// Looks at the file system.
  ///
  /// - Throws: ``StoreError``.
  package init(_ store: borrowing Store, _ bound: Bound) throws(StoreError) {
    do throws(Errno) {
      self.store = try store.duplicate()
      start = try store.root.fileSystem()
    } catch {
      throw StoreError(path: store.path, operation: "look at the file system of", error: error)
    }
    self.bound = bound
    switch bound {
    case .culling(let percentages):
      let limits = CullLimits(percentages, blocks: start.blocks, files: start.files)
      leastBlocks = limits.bcull + start.blocks / Self.margin
      leastFiles = start.files == 0 ? 0 : limits.fcull + start.files / Self.margin
    case .free(let share):
      leastBlocks = UInt64(Double(start.blocks) * share / 100)
      leastFiles = UInt64(Double(start.files) * share / 100)
    }
  }

  /// Why no more is read; nil when there is room.
  ///
  /// - Parameters:
  ///   - bytes: were read so far, and are to be read next.
  ///   - objects: are new.
  func objection(bytes: UInt64, objects: Int) -> String? {
    let now = (try? store.root.fileSystem()) ?? start
    func left(_ count: UInt64, _ used: UInt64) -> UInt64 { count > used ? count - used : 0 }
    let blocks = min(now.availableBlocks, left(start.availableBlocks, bytes / max(1, start.blockSize)))
    if blocks < leastBlocks { return words("bytes") }
    let files = min(now.freeFiles, left(start.freeFiles, UInt64(objects)))
    if start.files > 0, files < leastFiles { return words("files") }
    return nil
  }

  private func words(_ what: String) -> String {
    switch bound {
    case .culling: "the file system of the cache is short of \(what): more would begin the culling"
    case .free: "no more \(what) of the cache's file system are to be used"
    }
  }
}
