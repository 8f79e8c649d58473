import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// Counts what may go by its last use.
struct HistogramVisitor: ScanVisitor {
  private let selection: CullSelection
  private let bounds: CandidateVisitor.Bounds
  private let usedSince: Int64
  private(set) var histogram: AgeHistogram
  /// All objects of the selected volumes, also those that must stay.
  private(set) var selected = CullSum()
  /// How many of those were last used before a moment. Who protects some does not want them gone for their age.
  private(set) var older = 0
  /// The least recent use of what may go.
  private(set) var oldest: Int64?
  /// The most recent use of what may go.
  private(set) var newest: Int64?
  /// What went unused for longest, for the scans that follow; nil where none will.
  private(set) var candidates: OldestObjects?

  init(
    _ selection: CullSelection, range: ClosedRange<Int64> = .min ... .max, after: CullKey? = nil,
    shift: Int = 28, candidates: OldestObjects? = nil, usedSince: Int64? = nil
  ) {
    self.selection = selection
    bounds = CandidateVisitor.Bounds(times: range, after: after)
    histogram = AgeHistogram(shift: shift)
    self.candidates = candidates
    self.usedSince = usedSince ?? .min
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    guard entry.place == .object, entry.status.kind == .regular else { return }
    let sum = CullSum(entry.status)
    if let volume = entry.volume, selection.types.isEmpty || selection.types.contains(volume.type) {
      selected += sum
      if entry.status.accessTime < usedSince, !selection.protects(entry) { older += 1 }
    }
    guard selection.allows(entry), bounds.contains(entry) else { return }
    histogram.add(sum, at: entry.status.accessTime)
    candidates?.add(entry.recordInode, usedAt: entry.status.accessTime)
    if oldest ?? .max > entry.status.accessTime { oldest = entry.status.accessTime }
    if newest ?? .min < entry.status.accessTime { newest = entry.status.accessTime }
  }

  mutating func merge(_ other: consuming HistogramVisitor) {
    histogram.merge(other.histogram)
    selected += other.selected
    older += other.older
    if let found = other.candidates { candidates?.merge(found) }
    if let time = other.oldest { oldest = min(oldest ?? time, time) }
    if let time = other.newest { newest = max(newest ?? time, time) }
  }
}

/// Gathers what may go within bounds: few enough to be sorted.
struct CandidateVisitor: ScanVisitor {
  /// An object that may go.
  struct Candidate {
    var key: CullKey
    var sum: CullSum
  }

  /// A part of the order of culling.
  struct Bounds: Sendable {
    /// Last uses.
    var times: ClosedRange<Int64>
    /// Only what comes after this one.
    var after: CullKey?
    /// Nothing that comes after this one.
    var last: CullKey?

    /// Whether an object lies within; its path is made only where the time alone does not tell.
    @inline(__always)
    func contains(_ entry: borrowing ScanEntry) -> Bool {
      let time = entry.status.accessTime
      guard times.contains(time) else { return false }
      if let after {
        if time < after.accessTime { return false }
        if time == after.accessTime, CullKey(entry) <= after { return false }
      }
      if let last {
        if time > last.accessTime { return false }
        if time == last.accessTime, CullKey(entry) > last { return false }
      }
      return true
    }
  }

  private let selection: CullSelection
  private let bounds: Bounds
  private(set) var candidates: [Candidate] = []

  init(_ selection: CullSelection, _ bounds: Bounds) {
    self.selection = selection
    self.bounds = bounds
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    guard bounds.times.contains(entry.status.accessTime), selection.allows(entry),
      bounds.contains(entry)
    else { return }
    candidates.append(Candidate(key: CullKey(entry), sum: CullSum(entry.status)))
  }

  mutating func merge(_ other: consuming CandidateVisitor) { candidates += other.candidates }
}

/// Draws paths at random from what may go within bounds.
struct PivotVisitor: ScanVisitor {
  private let selection: CullSelection
  private let bounds: CandidateVisitor.Bounds
  private let count: Int
  private var drawn: [CullKey] = []
  private var seen: UInt64 = 0
  private var random = SplitMix64(seed: 1)

  init(_ selection: CullSelection, _ bounds: CandidateVisitor.Bounds, count: Int) {
    self.selection = selection
    self.bounds = bounds
    self.count = count
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    guard bounds.times.contains(entry.status.accessTime), selection.allows(entry),
      bounds.contains(entry)
    else { return }
    seen += 1
    if drawn.count < count {
      drawn.append(CullKey(entry))
    } else {
      let place = random.next() % seen
      if place < UInt64(count) { drawn[Int(place)] = CullKey(entry) }
    }
  }

  mutating func merge(_ other: consuming PivotVisitor) { drawn += other.drawn }

  /// At most so many of them, in order, each once.
  var pivots: [CullKey] {
    let sorted = drawn.sorted()
    let step = max(1, sorted.count / max(1, count))
    return stride(from: 0, to: sorted.count, by: step).map { sorted[$0] }
      .reduce(into: []) { keys, key in if keys.last != key { keys.append(key) } }
  }
}

/// Counts what may go within bounds, divided at pivots: part i ends with pivot i, the last one has no end.
struct PartitionVisitor: ScanVisitor {
  private let selection: CullSelection
  private let range: CandidateVisitor.Bounds
  private let pivots: [CullKey]
  private(set) var sums: [CullSum]

  init(_ selection: CullSelection, _ range: CandidateVisitor.Bounds, _ pivots: [CullKey]) {
    self.selection = selection
    self.range = range
    self.pivots = pivots
    sums = Array(repeating: CullSum(), count: pivots.count + 1)
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    guard range.times.contains(entry.status.accessTime), selection.allows(entry),
      range.contains(entry)
    else { return }
    let key = CullKey(entry)
    // The first pivot that is not before the key.
    var low = 0
    var high = pivots.count
    while low < high {
      let middle = (low + high) / 2
      if pivots[middle] < key { low = middle + 1 } else { high = middle }
    }
    sums[low] += CullSum(entry.status)
  }

  mutating func merge(_ other: consuming PartitionVisitor) {
    for index in sums.indices { sums[index] += other.sums[index] }
  }

  /// The first part with which a need is covered; what comes before it is added to `before`. Nil when nothing is enough.
  func firstPartition(covering need: CullSum, _ before: inout CullSum) -> Int? {
    for (index, sum) in sums.enumerated() {
      var after = before
      after += sum
      if after.covers(need) { return index }
      before = after
    }
    return nil
  }

  /// The bounds of a part.
  func bounds(of part: Int) -> CandidateVisitor.Bounds {
    CandidateVisitor.Bounds(
      times: range.times, after: part > 0 ? pivots[part - 1] : range.after,
      last: part < pivots.count ? pivots[part] : range.last)
  }
}

extension CullKey {
  /// The key of an entry.
  init(_ entry: borrowing ScanEntry) {
    self.init(accessTime: entry.status.accessTime, path: entry.cachePath.bytes)
  }
}
