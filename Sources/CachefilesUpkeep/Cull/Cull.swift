// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import CachefilesSurvey
package import LinuxIO
import SystemPackage

/// Removes the least recently used objects until a goal holds: what cachefilesd does while a cache is live, done to one
/// that is not, or with the kernel's leave to one that is.
///
/// The victims are exactly the first objects in the order of last use and path, and they go in that order, so that a cull which
/// is cut short has removed the ones that were unused for longest. One scan counts, and remembers the first ones
/// (``KnownVictims``). Where these are not enough a second one sorts the little that counting leaves open, and a third gathers; they
/// read the directories again and look only at objects that went unused for longest, where the first could remember so many.
/// Where victims turn out to be dirty, in use, or have changed, another round takes the next ones (``CullCourse``).
package final class Cull: Sendable {
  /// How many entries have been seen so far.
  package let progress = ScanProgress()
  let options: CullOptions
  let session: CullSession
  let rootPath: [UInt8]

  /// Prepares a cull of an open cache directory.
  package init(_ store: consuming Store, _ options: CullOptions) {
    rootPath = store.path
    self.options = options
    session = CullSession(store, options)
  }

  /// The objects removed so far, for a progress display.
  package var removedObjects: Int { session.current.done.objects }

  /// Finds the victims and removes them.
  package func run() -> Report {
    var report = Report(root: rootPath)
    report.isDryRun = options.isDryRun
    do throws(Refusal) {
      try session.hold()
      report.isLive = session.isLive
      attempt(&report)
    } catch {
      report.refusal = error
    }
    session.release()
    let tally = session.current
    report.done = tally.done
    (report.removedOldest, report.removedNewest) = (tally.oldest, tally.newest)
    report.skipped = tally.skipped
    report.dirty = tally.dirty
    report.inUse = tally.inUse
    report.errors = tally.errors
    if let refusal = session.refusal { report.refusal = refusal }
    report.isInterrupted = options.isCancelled()
    report.isOutOfTime = session.isOutOfTime
    return report
  }

  private func attempt(_ report: inout Report) {
    do throws(StoreError) {
      var course = CullCourse(self, report)
      defer { report = course.report }
      try course.run()
      let mayPrune = options.prunesEmpty && !options.isDryRun && !session.isLive
      if course.report.refusal == nil, mayPrune, !session.isCancelled { try prune(&course.report) }
      try judge(&course.report, course.terms)
    } catch {
      session.fail(error)
    }
  }

  /// Scans all objects, or those that pass a filter. Returns nil when the scan was cancelled.
  func scan<V: ScanVisitor & SendableMetatype>(
    _ inodes: InodeFilter?, keepsDirectories: Bool = V.self == VictimVisitor.self,
    _ makeVisitor: @escaping @Sendable () -> V
  ) throws(StoreError) -> V? {
    var scan = ScanOptions(threads: options.threads, onlyVolumes: true) { self.session.fail($0) }
    scan.volumes = options.selection.volumes
    scan.inodes = inodes
    scan.isLive = session.isLive
    scan.share = options.share
    scan.keepsDirectories = keepsDirectories
    scan.isCancelled = { self.session.isCancelled }
    let prepared = scan
    let (visitor, summary) = try session.withStore { (store) throws(StoreError) in
      try Scanner(store, prepared, progress: progress).run(makeVisitor)
    }
    session.noteScan(failures: summary.failures)
    return summary.isCancelled ? nil : visitor
  }

  /// What the file system has; nil when it does not tell, which is told.
  func fileSystem() -> FileSystemStatus? {
    do throws(StoreError) {
      return try session.withStore { (store) throws(StoreError) in
        do throws(Errno) { return try store.root.fileSystem() } catch {
          throw StoreError(path: store.path, operation: "find the size of the file system of", error: error)
        }
      }
    } catch {
      session.fail(error)
      return nil
    }
  }
}

extension FileSystemStatus {
  /// The bytes that everybody can use.
  package var availableBytes: UInt64 { availableBlocks &* blockSize }
}
