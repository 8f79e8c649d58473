// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO

/// What one scan gathers for a report: the sums, and where they were asked for the first objects of some orders and the
/// times of last use.
struct StatisticsVisitor: ScanVisitor {
  var statistics: Statistics
  private var listings: [ObjectListing]
  private(set) var ages: AgeHistogram?
  /// Objects that no kernel comes to, whatever it looks for; nil when nobody asked.
  private(set) var unreachable: Int?
  private var placement = PlacementJudge()

  init(_ questions: StatisticsReport.Questions, isLive: Bool) {
    statistics = Statistics(wantsExtents: questions.extents, isLive: isLive, now: questions.now)
    let orders: [ObjectListing.Order] =
      questions.top > 0 ? [.size, .atime] + (questions.extents ? [.extents] : []) : []
    listings = orders.map { ObjectListing(order: $0, limit: questions.top) }
    ages = questions.ageCurve ? AgeHistogram(shift: AgeCurve.shift) : nil
    unreachable = questions.reachability ? 0 : nil
  }

  @inline(__always)
  mutating func visit(_ entry: borrowing ScanEntry) {
    guard let tally = statistics.count(entry) else { return }
    for index in listings.indices { listings[index].visit(entry, extents: tally.extents) }
    if unreachable != nil, let volume = entry.volumeTraits, let fanout = entry.fanout {
      var lengths = 0...0
      if placement.judge(entry.name, volume, fanout, &lengths) != nil { unreachable? += 1 }
    }
    if ages != nil { ages?.add(CullSum(entry.status), at: entry.status.access.clampedNanoseconds) }
  }

  mutating func merge(_ other: consuming StatisticsVisitor) {
    if let more = other.ages { ages?.merge(more) }
    if let more = other.unreachable { unreachable? += more }
    for index in listings.indices { listings[index].merge(other.listings[index]) }
    statistics.merge(other.statistics)
  }

  /// The first objects by each order.
  mutating func finishListings() -> [(order: ObjectListing.Order, objects: [ObjectListing.Item])] {
    listings.indices.map { (listings[$0].order, listings[$0].finish()) }
  }
}
