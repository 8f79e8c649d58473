import CachefilesFormat
import LinuxIO
import Synchronization
import SystemPackage

/// What the threads of a cull share: counts, the question whether the cache is still free, the pace.
final class CullWork: Sendable {
  /// What came of a cull so far.
  struct Tally: Sendable {
    var done = CullSum()
    /// Objects that changed since they were looked at, or are dirty.
    var skipped = 0
    var dirty = 0
    var errors = 0
    var newest: Int64?
    var oldest: Int64?
  }

  let options: CullOptions
  private let store: Store
  private let tally = Mutex(Tally())
  private let stopped = Mutex<String?>(nil)
  private let untilProbe = Atomic<Int>(0)
  private let nextRemoval = Mutex<ContinuousClock.Instant?>(nil)
  private let start = ContinuousClock.now
  /// How many more objects may go in this round: never more than were planned, whatever a scan comes across now.
  private let budget = Atomic<Int>(0)

  /// The live question is put again after so many victims.
  static let probeInterval = 64

  init(_ store: consuming Store, _ options: CullOptions) {
    self.store = store
    self.options = options
  }

  /// Runs code with the store.
  func withStore<R>(_ body: (borrowing Store) throws(StoreError) -> R) throws(StoreError) -> R { try body(store) }

  /// Why the work was stopped; nil while it goes on.
  var refusal: String? { stopped.withLock { $0 } }
  /// What has been done.
  var current: Tally { tally.withLock { $0 } }
  /// Whether the time is over.
  var isOutOfTime: Bool { options.timeLimit.map { ContinuousClock.now - start > .nanoseconds($0) } ?? false }
  /// Whether the threads are to end.
  var isCancelled: Bool { options.isCancelled() || isOutOfTime || refusal != nil }

  /// Begins a round of at most so many victims.
  func startRound(of count: Int) { budget.store(count, ordering: .relaxed) }

  /// Takes one victim from the plan; false when all of it has been taken.
  func take() -> Bool {
    if budget.subtract(1, ordering: .relaxed).newValue >= 0 { return true }
    budget.add(1, ordering: .relaxed)
    return false
  }

  /// Gives a victim back that did not go.
  func giveBack() { budget.add(1, ordering: .relaxed) }

  /// Asked before each victim: whether it may go now. Waits for its turn where a pace is set.
  func mayGoOn() -> Bool {
    if isCancelled { return false }
    if options.isDryRun { return true }
    if untilProbe.subtract(1, ordering: .relaxed).oldValue <= 0 {
      untilProbe.store(Self.probeInterval, ordering: .relaxed)
      let liveness = store.probeLiveness(options.liveness)
      if liveness != .offline {
        stopped.withLock { $0 = "stopped: \(Repairer.words(for: liveness))" }
        return false
      }
    }
    if let rate = options.rate {
      let turn = nextRemoval.withLock { next in
        let mine = max(next ?? .now, .now)
        next = mine.advanced(by: .nanoseconds(1_000_000_000 / Int64(max(1, rate))))
        return mine
      }
      while ContinuousClock.now < turn, !isCancelled { usleepUntil(turn) }
      if isCancelled { return false }
    }
    return true
  }

  private func usleepUntil(_ turn: ContinuousClock.Instant) {
    let rest = (turn - .now).components
    let microseconds = rest.seconds * 1_000_000 + rest.attoseconds / 1_000_000_000_000
    Pause.microseconds(UInt32(clamping: min(max(0, microseconds), 50_000)))
  }

  func count(_ body: (inout Tally) -> Void) { tally.withLock { body(&$0) } }

  func fail(_ error: StoreError) {
    tally.withLock { tally in
      tally.errors += 1
      options.onFailure(error)
    }
  }
}

/// Takes the victims: everything that may go up to the cut.
struct RemovalVisitor: ScanVisitor {
  private let work: CullWork
  private let bounds: CandidateVisitor.Bounds
  private let rootLength: Int

  init(_ work: CullWork, _ bounds: CandidateVisitor.Bounds, rootLength: Int) {
    self.work = work
    self.bounds = bounds
    self.rootLength = rootLength
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    let selection = work.options.selection
    guard bounds.times.contains(entry.status.accessTime), selection.allows(entry, rootLength: rootLength),
      bounds.contains(entry, rootLength), work.mayGoOn(), work.take()
    else { return }
    do throws(Errno) {
      if !selection.includesDirty, try isDirty(entry) {
        work.count { $0.dirty += 1 }
        work.giveBack()
        return
      }
      if !work.options.isDryRun {
        guard let name = EntryName(entry.name.array) else { throw .invalidArgument }
        let directory = try entry.directory.descriptor()
        try TreeRemover.remove(name, entry.status, in: directory.value)
      }
      let time = entry.status.accessTime
      let sum = CullSum(entry.status)
      work.count { tally in
        tally.done += sum
        tally.oldest = min(tally.oldest ?? time, time)
        tally.newest = max(tally.newest ?? time, time)
      }
      if let onVictim = work.options.onVictim {
        onVictim(
          ObjectListing.Item(
            path: CheckVisitor.relative(entry.path, rootLength), accessTime: time,
            diskBytes: entry.status.allocatedBytes, fileBytes: entry.status.size))
      }
    } catch {
      work.giveBack()
      if error == .noSuchFileOrDirectory || error == .staleNFSFileHandle {
        work.count { $0.skipped += 1 }
      } else {
        work.fail(StoreError(path: entry.path, operation: "remove", error: error))
      }
    }
  }

  private func isDirty(_ entry: borrowing ScanEntry) throws(Errno) -> Bool {
    guard let name = EntryName(entry.name.array) else { throw .invalidArgument }
    let file = try entry.directory.descriptor().value.open(name, .inspect)
    guard let value = try file.attribute(CacheAttribute.name), value.count >= ObjectRecord.headerLength else {
      return false
    }
    return value[17] == Content.dirty.rawValue
  }

  mutating func merge(_ other: consuming RemovalVisitor) {}
}
