// SPDX-License-Identifier: Apache-2.0
import CachefilesStore

extension Forecast {
  /// How large a cache that holds some days of use must be.
  ///
  /// A record tells it where the cache held that many days: nothing that was used in them had been culled. Records in
  /// which entries could not be read, in which access times do not move, or since the one before which the kernel
  /// refused to store something for want of space, do not tell. Between the spans of days that are recorded the next
  /// shorter one gives the least and the next longer one the most.
  package func size(days: Int) -> Size {
    var (least, most): (UInt64, UInt64) = (.max, 0)
    var count = 0
    var seen: UInt64 = 0
    for (index, record) in records.enumerated() {
      let lower = record.use.last { $0.days <= days }?.bytes
      seen = max(seen, lower ?? 0)
      guard !hasRefused(index), let upper = record.use.first(where: { $0.days >= days }), let lower,
        record.daysHeld >= Double(upper.days)
      else { continue }
      least = min(least, lower)
      most = max(most, upper.bytes)
      count += 1
    }
    guard count >= Self.fewestRecords else {
      return .unknown(reason(days, count), atLeast: seen)
    }
    return .told(least...max(least, most), records: count)
  }

  private func reason(_ days: Int, _ count: Int) -> String {
    if let last = HistoryRecord.spans.last, days > last { return "records tell of \(last) days at most" }
    if !records.contains(where: \.hasAccessTimes) { return "access times do not move (noatime)" }
    let words = count == 0 ? "no record" : count == 1 ? "only 1 record" : "only \(count) records"
    return
      "\(words) of a cache that held \(days == 1 ? "1 day" : "\(days) days") of use: it takes \(Self.fewestRecords)"
  }

  private func hasRefused(_ index: Int) -> Bool {
    guard index > 0, let old = records[index - 1].refused, let new = records[index].refused else { return false }
    return new > old
  }
}
