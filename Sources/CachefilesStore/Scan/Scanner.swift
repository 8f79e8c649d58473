// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO
import Synchronization
import SystemPackage

/// A parallel walk over a cache directory.
///
/// Each thread takes a directory, reads it in large pieces and looks at every entry. Directories below become new
/// work; the pieces of a directory that does not fit one buffer are handed to threads that have nothing to do, so that
/// one huge fanout keeps all of them busy. Symbolic links are not followed, mount points not entered. Memory does not
/// grow with the number of objects.
package final class Scanner: Sendable {
  /// How many entries have been seen so far, for a progress display.
  package let progress: ScanProgress
  let options: ScanOptions
  private let rootPath: [UInt8]
  let rootStatus: FileStatus
  private let root: DirectoryNode
  let work: WorkList<ScanJob>
  private let volumes = Guarded<[ScannedVolume]>([])
  private let failures = Guarded<Int>(0)
  let buffers = Guarded<BufferPool>(BufferPool())
  private let cancelled = Atomic<Bool>(false)
  private let hasNoAttributes = Atomic<Bool>(false)

  /// Prepares a scan of an open cache directory. It runs once.
  ///
  /// - Parameter progress: where entries are counted; several scans may share one.
  /// - Throws: ``StoreError`` when no descriptor is left for the root directory.
  package init(
    _ store: borrowing Store, _ options: ScanOptions, progress: ScanProgress = ScanProgress()
  ) throws(StoreError) {
    self.options = options
    self.progress = progress
    rootPath = store.path
    rootStatus = store.rootStatus
    work = WorkList()
    root = DirectoryNode(parent: nil, name: store.path, place: .root, volume: nil)
    do throws(Errno) {
      root.adopt(SharedDescriptor(try store.root.reopen()), store.rootStatus)
    } catch {
      throw StoreError(path: store.path, operation: "open", error: error)
    }
  }

  /// Walks the directory with a visitor for each thread and returns them merged.
  package func run<V: ScanVisitor & SendableMetatype>(_ makeVisitor: @escaping @Sendable () -> V) -> (
    visitor: V, summary: ScanSummary
  ) {
    work.push(.directory(root))
    let visitors = Workers.run(count: max(1, options.threads)) { _ in
      let sink = VisitorSink(makeVisitor())
      var thread = ScanThread(self, sink)
      self.work.run { job in
        _ = self.endsEarly()
        thread.run(job)
      }
      return UncheckedBox(sink.visitor)
    }
    if !options.keepsDirectories { root.release() }
    var merged = makeVisitor()
    for visitor in visitors { merged.merge(visitor.value) }
    let summary = ScanSummary(
      volumes: volumes.withLock { $0 }, failures: failures.withLock { $0 },
      isCancelled: cancelled.load(ordering: .relaxed))
    return (merged, summary)
  }

  /// Whether the walk is to end before everything has been seen. From the first time on it counts as incomplete.
  func endsEarly() -> Bool {
    guard options.isCancelled() else { return false }
    cancelled.store(true, ordering: .relaxed)
    work.cancel()
    return true
  }

  /// Counts and names an entry that failed.
  func fail(_ error: StoreError) {
    // What is gone from a live cache is none of it any more. Nobody but the kernel should take something from another.
    if error.error == .noSuchFileOrDirectory, options.isLive { return }
    failures.withLock { count in
      count += 1
      options.onFailure(error)
    }
  }

  /// Counts and names an attribute that cannot be read. That the mount has none is everybody's error: it is named once.
  func failAttribute(of path: [UInt8], _ error: Errno) {
    guard error == .notSupported else {
      return fail(StoreError(path: path, operation: "read the cache attribute", error: error))
    }
    if hasNoAttributes.exchange(true, ordering: .relaxed) { return }
    fail(
      StoreError(
        path: rootPath, operation: "read any cache attribute", error: error, note: "the mount has no user attributes"))
  }

  /// Whether the options leave out an entry that is no directory.
  func leavesOut(_ parent: DirectoryNode, _ place: EntryPlace, _ name: Span<UInt8>) -> Bool {
    switch place {
    case .foreign: options.onlyVolumes && parent.volume == nil
    case .legacy: options.onlyVolumes
    case .volume: options.volumes.map { !$0(name.extracting(1..<name.count).array) } ?? false
    default: false
    }
  }

  /// The node of a directory below another; nil when the options leave it out.
  func enter(_ parent: DirectoryNode, _ name: Span<UInt8>, _ place: EntryPlace) -> DirectoryNode? {
    if options.leavesOutGraveyard, place == .graveyard { return nil }
    if options.onlyVolumes {
      if place == .graveyard || place == .legacy { return nil }
      if place == .foreign, parent.place == .root || parent.place == .cache { return nil }
    }
    guard place == .volume else {
      return DirectoryNode(parent: parent, name: name.array, place: place, volume: parent.volume)
    }
    let key = name.extracting(1..<name.count).array
    if let filter = options.volumes, !filter(key) { return nil }
    let volume = volumes.withLock { list in
      let volume = ScannedVolume(index: list.count, key: key)
      list.append(volume)
      return volume
    }
    return DirectoryNode(parent: parent, name: name.array, place: place, volume: volume)
  }
}
