// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import LinuxIO
package import SystemPackage

/// Empties the graveyard: removes everything in it and leaves the directory.
///
/// It may run while the cache is in use and beside another sweep, not beside cachefilesd (``GraveyardWatch``): the kernel never looks at what it
/// has put there (`cachefiles_bury_object`, fs/cachefiles/namei.c), and what somebody else removes first is no error. It
/// takes no lock and keeps no state: one that was ended is gone on with by the next.
package struct GraveyardSweeper: Sendable {
  /// What a sweep is to do.
  package struct Options: Sendable {
    /// Only entries buried at least so long ago; by the time in the name, else by the time of change.
    package var minimumAge: Duration?
    /// The moment from which ages count.
    package var now: Timestamp
    /// Remove nothing more after this time.
    package var timeLimit: Duration?
    /// Whether only to count.
    package var isDryRun = false
    /// Whether to clear the immutable and append-only flags of what is to go.
    package var clearsFlags = false
    /// The number of threads; fewer run where not enough descriptors may be open.
    package var threads = GraveyardSweeper.defaultThreads
    /// Called for each entry that could not be removed, from one thread at a time.
    package var onFailure: @Sendable (StoreError) -> Void = { _ in }
    /// Asked between two entries; true ends the sweep.
    package var isCancelled: @Sendable () -> Bool = { Interruption.signal != nil }

    /// A sweep of everything.
    package init(now: Timestamp) { self.now = now }
  }

  /// How many entries have been removed so far.
  package let progress = ScanProgress()
  private let options: Options

  /// Prepares a sweep.
  package init(_ options: Options) { self.options = options }

  /// On a cold disk threads wait for inodes; more of them than this stand in each other's way.
  package static var defaultThreads: Int { min(16, max(4, Workers.processorCount * 2)) }

  /// So many threads as the descriptors allow that may be open; some are left for everything else.
  package static func threads(_ wanted: Int) -> Int {
    let limit = DescriptorLimit.raise(to: wanted * TreeRemover.descriptorsPerThread * 2 + 64)
    return max(1, min(wanted, (limit - 24) / (TreeRemover.descriptorsPerThread + 1)))
  }

  /// Sweeps the graveyard of a cache. A cache without one is swept already.
  ///
  /// It shares a lock of the graveyard with other sweeps: what an undo puts back, and what a copy makes there, is not swept.
  ///
  /// - Throws: ``StoreError`` when the graveyard is no directory of the cache's file system, or cannot be opened; EWOULDBLOCK
  ///   when an undo or a copy is at work on it.
  package func run(_ store: borrowing Store) throws(StoreError) -> SweepReport {
    let watch = Stopwatch()
    var report = SweepReport(root: store.path)
    report.isDryRun = options.isDryRun
    guard let graveyard = try Self.openGraveyard(of: store) else { return report }
    if !options.isDryRun {
      try Self.requireWritable(graveyard, of: store)
      try Self.share(graveyard, of: store)
    }
    defer { if !options.isDryRun { graveyard.unlock() } }
    let path = store.path.appending(component: Store.graveyardName.bytes)
    let (isCancelled, limit) = (options.isCancelled, options.timeLimit)
    let isOutOfTime: @Sendable () -> Bool = { limit.map { watch.elapsed >= $0 } ?? false }
    var removal = TreeRemover.Options(mode: options.isDryRun ? .pretend : .remove)
    removal.threads = Self.threads(options.threads)
    removal.clearsFlags = options.clearsFlags
    removal.chooses = chooser
    removal.isCancelled = { isCancelled() || isOutOfTime() }
    removal.onFailure = Self.serialized(options.onFailure, below: path, operation: "remove")
    let tally = TreeRemover.empty(graveyard, removal, progress: progress)
    report.removedEntries = tally.removed
    report.freedBytes = tally.freedBytes
    report.youngerEntries = tally.passedOver
    report.errors = tally.errors
    report.isInterrupted = tally.isCancelled && isCancelled()
    report.isOutOfTime = tally.isCancelled && !report.isInterrupted
    if report.isInterrupted {
      report.leftEntries = nil
    } else if options.isDryRun || tally.isCancelled || tally.left + tally.passedOver + tally.errors > 0 {
      report.leftEntries = count(graveyard, removal)
      if report.leftEntries == nil { report.isInterrupted = true }
    }
    if options.isDryRun, let left = report.leftEntries { report.leftEntries = max(0, left - tally.removed) }
    report.duration = watch.elapsed
    return report
  }

  /// On a read-only mount every removal would fail: that is one line, not one for each entry.
  private static func requireWritable(
    _ graveyard: borrowing OwnedDescriptor, of store: borrowing Store
  ) throws(StoreError) {
    do throws(Errno) {
      if try graveyard.fileSystem().isReadOnly { throw .readOnlyFileSystem }
    } catch {
      throw StoreError(
        path: store.path.appending(component: Store.graveyardName.bytes), operation: "sweep", error: error)
    }
  }

  private static func share(_ graveyard: borrowing OwnedDescriptor, of store: borrowing Store) throws(StoreError) {
    let path = store.path.appending(component: Store.graveyardName.bytes)
    do throws(Errno) {
      guard try graveyard.lockShared() else { throw .wouldBlock }
    } catch {
      throw StoreError(
        path: path, operation: "sweep", error: error,
        note: error == .wouldBlock ? "an undo or a copy is at work on it" : nil)
    }
  }

  /// The open graveyard; nil when there is none.
  package static func openGraveyard(of store: borrowing Store) throws(StoreError) -> OwnedDescriptor? {
    do throws(Errno) {
      let graveyard = try store.root.open(Store.graveyardName, .directory)
      let status = try graveyard.status()
      guard status.device == store.rootStatus.device, !status.isMountPoint else { throw .improperLink }
      return graveyard
    } catch {
      if error == .noSuchFileOrDirectory { return nil }
      let note: String? =
        switch error {
        case .improperLink: "something is mounted there"
        case .notDirectory, .tooManySymbolicLinkLevels: "it is not a directory"
        default: nil
        }
      throw StoreError(
        path: store.path.appending(component: Store.graveyardName.bytes), operation: "sweep", error: error, note: note)
    }
  }

  /// Failures of a removal as errors, from one thread at a time.
  package static func serialized(
    _ report: @escaping @Sendable (StoreError) -> Void, below path: [UInt8], operation: String
  ) -> @Sendable ([UInt8], Errno, String?) -> Void {
    let lock = Lock()
    return { entry, error, note in
      let full = entry.isEmpty ? path : path.appending(component: entry)
      lock.withLock { report(StoreError(path: full, operation: operation, error: error, note: note)) }
    }
  }

  /// What the graveyard holds now; nil when a signal came.
  private func count(_ graveyard: borrowing OwnedDescriptor, _ removal: TreeRemover.Options) -> Int? {
    var counting = TreeRemover.Options(mode: .count)
    counting.threads = removal.threads
    counting.isCancelled = options.isCancelled
    let tally = TreeRemover.empty(graveyard, counting)
    return tally.isCancelled ? nil : tally.removed + tally.left
  }

  /// What decides whether an entry of the graveyard is old enough.
  private var chooser: (@Sendable (borrowing DirectoryRecord, borrowing OwnedDescriptor) throws(Errno) -> Bool)? {
    guard let age = options.minimumAge else { return nil }
    let now = options.now
    return { (record, graveyard) throws(Errno) in
      let buried =
        if let name = GraveyardName(record.name) {
          Timestamp(seconds: Int64(clamping: name.seconds))
        } else {
          try record.status(in: graveyard).modification
        }
      return now - buried >= age
    }
  }
}
