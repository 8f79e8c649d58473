// SPDX-License-Identifier: Apache-2.0
package import LinuxIO

/// The order in which a history was written, which clocks do not change.
package enum HistoryOrder {
  /// Records as they were written, without those whose times contradict that order, or lie ahead: a clock was wrong. Of what contradicts each
  /// other the greater part is believed: the longest sequence of records of which none is dated before the one written before it.
  ///
  /// - Parameter now: a record of more than a day later was written by a clock that was ahead.
  package static func withoutWrongClocks(_ written: [HistoryRecord], now: Timestamp) -> [HistoryRecord] {
    let latest = now + .seconds(86_400)
    let records = written.filter { $0.time <= latest }
    // Patience sorting: for each length the record with the least time at which a sequence of that length ends.
    var ends: [Int] = []
    var before = [Int?](repeating: nil, count: records.count)
    for (index, record) in records.enumerated() {
      var (low, high) = (0, ends.count)
      while low < high {
        let middle = (low + high) / 2
        if records[ends[middle]].time <= record.time { low = middle + 1 } else { high = middle }
      }
      before[index] = low > 0 ? ends[low - 1] : nil
      if low == ends.count { ends.append(index) } else { ends[low] = index }
    }
    var kept: [HistoryRecord] = []
    var next = ends.last
    while let index = next {
      kept.append(records[index])
      next = before[index]
    }
    return kept.reversed()
  }
}
