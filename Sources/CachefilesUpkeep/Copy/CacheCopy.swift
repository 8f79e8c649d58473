// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import LinuxIO
import Synchronization
package import SystemPackage

/// A copy of a cache: its volumes and objects with exactly their data, holes, attributes, owners, modes and times.
///
/// Both sides are locked and not live from the making of the value to the end of ``run()``. Each object appears in the
/// destination whole or not at all, so that a copy that ended early can be run again: what is there already is left.
package final class CacheCopy: Sendable {
  /// How many objects have been looked at.
  package let progress = ScanProgress()
  let options: CopyOptions
  let source: Store
  private let hold: ExclusiveCache
  let destination: CopyDestination
  let directories = CopyDirectories()
  let copier: ObjectCopier
  private let state = Guarded(State())
  private let stopped = Atomic<Bool>(false)
  private let watch = Stopwatch()

  /// What threads share.
  private struct State {
    var errors = 0
    var told = DistinctFailures()
    var stop: Stop?
  }

  /// Why it ends before the end.
  private enum Stop {
    case interrupted
    case full
    case inUse(CopyRefusal)
  }

  /// Opens both sides and takes their locks. A destination that does not exist is made, as is what an empty one lacks.
  ///
  /// - Throws: ``CopyRefusal`` when the copy must not begin; then nothing that was made is left.
  package init(from sourcePath: FilePath, to path: FilePath, _ options: CopyOptions) throws(CopyRefusal) {
    let opened: Store
    do throws(OpeningFailure) { opened = try Store(path: sourcePath) } catch { throw .noCache(error) }
    var isMatched = true
    do throws(StoreError) {
      if let volumes = options.volumes { isMatched = try opened.hasVolume(where: volumes) }
    } catch {
      throw .failed(error)
    }
    guard isMatched else { throw .unusable(path: opened.path, reason: "no volume matches") }
    let held: ExclusiveCache
    do throws(Refusal) { held = try opened.holdUnchanged(options.liveness) } catch {
      throw CopyRefusal(error, opened.path)
    }
    let made = try CopyDestination.open(path, besides: opened, options.liveness)
    self.options = options
    copier = ObjectCopier(traits: made.traits, beforeRecheck: options.beforeRecheck)
    source = opened
    hold = held
    destination = made
  }

  /// Copies, and verifies where that was asked for. It runs once.
  ///
  /// What fails is named through ``CopyOptions/onFailure`` and counted in ``CopyReport/errors``; nothing is thrown.
  package func run() -> CopyReport {
    var report = CopyReport(source: source.path, destination: destination.store.path)
    report.timeGranularity = destination.traits.times.granularity
    if let note = destination.traits.timeNote { options.onNote(destination.store.path, note) }
    do throws(StoreError) {
      let scanner = try Scanner(source, scanOptions)
      let (visitor, _) = scanner.run { CopyVisitor(self) }
      report.add(visitor.tally)
      if options.volumes == nil { try lookBesideVolumes(&report) }
      setTimes(visitor.tally.directories)
      synchronize()
      if options.verifies, !isStopped { try verify(&report) }
    } catch {
      fail(error)
    }
    if let error = destination.close() { fail(error) }
    return finish(report)
  }

  private func finish(_ report: CopyReport) -> CopyReport {
    var report = report
    let state = state.withLock { $0 }
    report.errors = state.errors
    switch state.stop {
    case .interrupted: report.isInterrupted = true
    case .inUse(let refusal): report.stopped = refusal
    case .full, nil: break
    }
    report.duration = watch.elapsed
    return report
  }

  private var scanOptions: ScanOptions {
    var scan = ScanOptions(threads: options.threads, attributes: true, onlyVolumes: true) { self.fail($0) }
    scan.volumes = options.volumes
    scan.isCancelled = { self.isStopped || self.isInterrupted }
    return scan
  }

  private func verify(_ report: inout CopyReport) throws(StoreError) {
    let scanner = try Scanner(source, scanOptions)
    let (visitor, _) = scanner.run { CopyVerifier(self) }
    report.verified = visitor.verified
    report.mismatched = visitor.mismatched
  }

  /// Names what stands beside the volumes in `cache`.
  private func lookBesideVolumes(_ report: inout CopyReport) throws(StoreError) {
    var foreign: [[UInt8]] = []
    var hasLegacyTree = false
    try source.forEachCacheEntry { name, _ in
      switch EntryPlace.cache.child(named: name) {
      case .legacy: hasLegacyTree = true
      case .foreign: foreign.append(name.array)
      default: break
      }
    }
    report.hasLegacyTree = hasLegacyTree
    report.skipped[.foreign, default: 0] += foreign.count
    let above = source.path.appending(component: Store.cacheName.bytes)
    for name in foreign {
      skip(CopySkip(path: above.appending(component: name), reason: .foreign, words: "it is no part of a cache"))
    }
  }

  /// Gives directories the times of the source's, now that nothing is put into them any more: those below first.
  private func setTimes(_ copied: [CopyTally.Directory]) {
    let times = destination.traits.times
    for directory in copied.sorted(by: { CachePath($0.path).depth > CachePath($1.path).depth }) {
      do throws(Errno) {
        try destination.store.withEntry(directory.path, .directory) { (entry) throws(Errno) in
          if EntryTimes(try entry.status()) != directory.times.kept(by: times) {
            try entry.setTimes(directory.times)
          }
        }
      } catch {
        fail(
          StoreError(
            path: destination.store.path.appending(path: directory.path), operation: "set the times of", error: error))
      }
    }
  }

  /// Whoever is told that a copy is done may remove the original.
  private func synchronize() {
    guard options.synchronizes else { return }
    do throws(Errno) { try destination.store.root.synchronizeFileSystem() } catch {
      fail(StoreError(path: destination.store.path, operation: "write everything to the disk of", error: error))
    }
  }
}

// MARK: What visitors use

extension CacheCopy {
  /// Whether it ends early.
  var isStopped: Bool { stopped.load(ordering: .relaxed) }

  private var isInterrupted: Bool {
    guard options.isCancelled() else { return false }
    stop(.interrupted)
    return true
  }

  private func stop(_ reason: Stop) {
    state.withLock { if $0.stop == nil { $0.stop = reason } }
    stopped.store(true, ordering: .relaxed)
  }

  /// Whether to go on with the next object: no signal came and, asked now and then, no side came up.
  func mayContinue() -> Bool {
    if isStopped || isInterrupted { return false }
    progress.add(1)
    var path = source.path
    do throws(Refusal) {
      try hold.checkStillFree()
      path = destination.store.path
      try destination.checkStillFree()
      return true
    } catch {
      stop(.inUse(CopyRefusal(error, path)))
      return false
    }
  }

  /// Whether something of the source is on another file system.
  func isElsewhere(_ status: FileStatus) -> Bool { status.isMountPoint || status.device != source.rootStatus.device }

  /// The path below the root of something in the source.
  func relativePath(_ path: [UInt8]) -> [UInt8] {
    CachePath(path, below: source.path).bytes
  }

  /// Where something of the source is in the destination.
  func destinationPath(_ path: [UInt8]) -> [UInt8] { destination.store.path.appending(path: relativePath(path)) }

  /// The directory of a volume in the destination; nil when the volume was left out.
  func directory(of volume: ScannedVolume) throws(CopyFault) -> SharedDescriptor? {
    try CopyFault.attempt(.destination, "open the directory") { () throws(Errno) in
      try directories.directory(of: volume, in: destination.cache)
    }
  }

  /// Opens the directory of the destination for a fanout directory of the source; nil when there is none.
  func fanout(_ node: DirectoryNode) -> SharedDescriptor? {
    guard let volume = node.volume else { return nil }
    do throws(Errno) {
      guard let above = try directories.directory(of: volume, in: destination.cache) else { return nil }
      guard let name = EntryName(node.name) else { throw .invalidArgument }
      return SharedDescriptor(try above.value.open(name, .directory))
    } catch {
      // Where it could not be made, that has been named.
      if ![.noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels].contains(error) {
        fail(CopyFault(side: .destination, operation: "open the directory", error: error), node.path)
      }
      return nil
    }
  }

  /// Counts and names something that failed.
  func fail(_ error: StoreError) {
    state.withLock { state in
      guard state.told.isNew(error) else { return }
      state.errors += 1
      options.onFailure(error)
    }
  }

  /// Counts and names a step that failed for something of the source; no room ends the copy.
  func fail(_ fault: CopyFault, _ path: [UInt8]) {
    let named = fault.side == .source ? path : destinationPath(path)
    let error = StoreError(path: named, operation: fault.operation, error: fault.error, note: fault.note)
    guard fault.isFull else { return fail(error) }
    let isFirst = state.withLock { state in
      defer { if state.stop == nil { state.stop = .full } }
      return state.stop == nil
    }
    stopped.store(true, ordering: .relaxed)
    if isFirst { fail(error) }
  }

  /// Names something that is left out.
  func skip(_ skip: CopySkip) { state.withLock { _ in options.onSkip(skip) } }

  /// Names an object that is not the same.
  func mismatch(_ path: [UInt8], _ words: String) { state.withLock { _ in options.onMismatch(path, words) } }
}
