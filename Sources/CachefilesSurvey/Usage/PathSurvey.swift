// SPDX-License-Identifier: Apache-2.0
package import CachefilesHost
package import CachefilesStore
import LinuxIO
import Synchronization
import SystemPackage

/// Names the objects of a cache by the files that they are of: one walk over a mounted tree, which asks for each file
/// where its objects are.
package final class PathSurvey: Sendable {
  private let side: CacheSide
  private let source: any FileFactSource
  private let found = Guarded(PathUsage())
  private let moved = Atomic<Int>(0)

  /// Prepares a survey.
  package init(_ side: CacheSide, _ source: any FileFactSource) {
    self.side = side
    self.source = source
  }

  /// How many files and directories have been looked at.
  package var count: Int { moved.load(ordering: .relaxed) }
  /// What was found so far.
  package var usage: PathUsage { found.withLock { $0 } }

  /// Walks over one tree. False when it was given up because its server did not answer.
  ///
  /// - Parameters:
  ///   - path: a directory on the mount.
  ///   - threads: how many walk.
  ///   - timeout: the time without any progress after which it is given up.
  ///   - failed: told of what could not be looked at, from any thread.
  package func run(
    _ path: [UInt8], threads: Int, timeout: Duration, failed: @escaping @Sendable (StoreError) -> Void
  ) -> Bool {
    let work = TimedWork<Bool>()
    let isDone = work.run(timeout: timeout) { [self] work in
      let walk = TreeWalk(
        threads: threads, isEnded: { work.isAbandoned || Interruption.signal != nil },
        step: { [self] in
          work.step()
          moved.add(1, ordering: .relaxed)
        }, failed: { if !work.isAbandoned { failed($0) } })
      source.forEachFile(below: path, in: side.mounts, walk) { [self] _, file in
        let objects = side.objects(of: file)
        if work.isAbandoned { return }
        for (volume, status) in objects { add(status, file.path, volume) }
      }
      return true
    }
    if isDone != nil { return true }
    failed(.givenUp(work, on: path, after: timeout))
    return false
  }

  private func add(_ status: FileStatus, _ path: [UInt8], _ volume: [UInt8]) {
    let item = PathUsage.Item(
      name: [], inode: status.inode, size: status.size, allocatedBytes: status.allocatedBytes,
      times: (status.access, status.modification), isSeen: false)
    found.withLock { $0.add(item, of: path, in: volume) }
  }
}
