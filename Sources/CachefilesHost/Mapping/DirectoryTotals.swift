// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import Synchronization

/// Totals by directory, which each thread of a walk adds to on its own. A thread takes the files of one directory one after another:
/// their sum is put away when another directory comes.
final class DirectoryTotals: Sendable {
  private struct Part {
    var path: [UInt8] = []
    var sum = CachedFileTotals()
    var totals: [[UInt8]: CachedFileTotals] = [:]

    mutating func add(_ file: JudgedFile) {
      let end = file.path.lastIndex(of: UInt8(ascii: "/")) ?? 0
      if !file.path[..<end].elementsEqual(path) {
        putAway()
        path = Array(file.path[..<end])
      }
      sum.add(file)
    }

    mutating func putAway() {
      if sum.files == 0 { return }
      totals[path.isEmpty ? [UInt8(ascii: "/")] : path, default: CachedFileTotals()].add(sum)
      sum = CachedFileTotals()
    }
  }

  private final class Share: Sendable {
    let part = Guarded(Part())
  }

  private let shares: [Share]

  /// Nothing yet.
  init(threads: Int) { shares = (0..<max(1, threads)).map { _ in Share() } }

  /// Adds a file.
  ///
  /// - Parameter number: the number of the thread.
  func add(_ file: JudgedFile, from number: Int) {
    shares[number % shares.count].part.withLock { $0.add(file) }
  }

  /// The sums by the paths of directories.
  var sums: [[UInt8]: CachedFileTotals] {
    var sums: [[UInt8]: CachedFileTotals] = [:]
    for share in shares {
      share.part.withLock {
        $0.putAway()
        for (directory, totals) in $0.totals { sums[directory, default: CachedFileTotals()].add(totals) }
      }
    }
    return sums
  }
}
