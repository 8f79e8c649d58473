// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// Counts what may go by its place in the order.
struct HistogramVisitor: ScanVisitor {
  private let scope: CullScope
  private let usedSince: Timestamp
  private(set) var histogram: AgeHistogram
  /// All selected objects, also those that must stay.
  private(set) var selected = CullSum()
  /// Those of them that are pinned.
  private(set) var pinned = CullSum()
  /// How many of those were last used before a moment. Who protects some does not want them gone for their age.
  private(set) var older = 0
  /// The least recent use of what may go.
  private(set) var oldest: Timestamp?
  /// The most recent use of what may go.
  private(set) var newest: Timestamp?
  /// What went unused for longest, for the scans that follow; nil where none will.
  private(set) var candidates: OldestObjects?
  /// Takes what may go and is among the first; nil where it is only counted.
  private var gatherer: VictimGatherer?

  init(
    _ scope: CullScope, shift: Int = 28, candidates: OldestObjects? = nil, victims: VictimSelection? = nil,
    usedSince: Timestamp? = nil
  ) {
    self.scope = scope
    histogram = AgeHistogram(shift: shift)
    self.candidates = candidates
    gatherer = victims.map { VictimGatherer(into: $0) }
    self.usedSince = usedSince ?? .distantPast
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    guard entry.place == .object, entry.status.kind == .regular else { return }
    let sum = CullSum(entry.status)
    let time = entry.status.access
    guard scope.selects(entry) else { return }
    selected += sum
    if scope.pins(entry) { pinned += sum }
    if time < usedSince, !scope.keeps(entry) { older += 1 }
    guard scope.containsSelected(entry) else { return }
    let rank = scope.rank(entry)
    histogram.add(sum, at: rank)
    if gatherer?.mayTake(rank) ?? false { gatherer?.take(entry, rank: rank) }
    candidates?.add(entry.recordInode, usedAt: time)
    if oldest ?? .distantFuture >= time { oldest = time }
    if newest ?? .distantPast <= time { newest = time }
  }

  mutating func merge(_ other: consuming HistogramVisitor) {
    other.gatherer?.handOver()
    gatherer?.handOver()
    histogram.merge(other.histogram)
    selected += other.selected
    pinned += other.pinned
    older += other.older
    if let found = other.candidates { candidates?.merge(found) }
    if let time = other.oldest { oldest = min(oldest ?? time, time) }
    if let time = other.newest { newest = max(newest ?? time, time) }
  }
}
