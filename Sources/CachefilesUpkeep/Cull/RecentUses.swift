// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO

/// The last uses of the most recently used objects of each volume, up to a number.
struct RecentUses: ScanVisitor {
  private let limit: Int
  private var uses: [[UInt8]: [Timestamp]] = [:]
  private var volume: ScannedVolume?
  /// Those of the volume that is read now.
  private var own: [Timestamp] = []

  init(limit: Int) { self.limit = limit }

  mutating func visit(_ entry: borrowing ScanEntry) {
    guard entry.place == .object, entry.status.kind == .regular, let now = entry.volume else { return }
    if now !== volume { turn(to: now) }
    own.append(entry.status.access)
    if own.count > limit.multipliedClamped(by: 2).addingClamped(1024) { cut(&own) }
  }

  mutating func merge(_ other: consuming RecentUses) {
    turn(to: nil)
    other.turn(to: nil)
    for (key, times) in other.uses {
      uses[key, default: []] += times
      cut(&uses[key, default: []])
    }
  }

  /// Since when what was used belongs to them, by volume key; everything where there are no more.
  mutating func keptSince() -> [[UInt8]: Timestamp] {
    turn(to: nil)
    return uses.mapValues { times in
      if limit == 0 { return .distantFuture }
      let sorted = times.sorted(by: >)
      return sorted.count > limit ? sorted[limit - 1] : .distantPast
    }
  }

  private mutating func turn(to next: ScannedVolume?) {
    if let volume {
      uses[volume.key, default: []] += own
      cut(&uses[volume.key, default: []])
    }
    own = []
    volume = next
  }

  private func cut(_ times: inout [Timestamp]) {
    // One more than the limit tells whether there are more.
    let kept = limit.addingClamped(1)
    guard times.count > kept else { return }
    times.sort(by: >)
    times.removeLast(times.count - kept)
  }
}
