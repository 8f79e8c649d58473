// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// The first victims in the order, as a scan came across them. Those of the scan that counts are all that a cull needs, as long as they
/// are enough.
struct KnownVictims: Sendable {
  private let pool: VictimPool
  /// Their numbers in the order of culling.
  private let order: [UInt32]
  /// Whether more come after them.
  let isCut: Bool

  init(_ pool: VictimPool, isCut: Bool) {
    self.pool = pool
    self.isCut = isCut
    order = pool.ordered(pool.entries.indices).map { UInt32($0) }
  }

  /// How many there are.
  var count: Int { order.count }

  /// One of them, by its place in the order; nil behind the last one.
  func victim(_ place: Int) -> Victim? { place < order.count ? pool[Int(order[place])] : nil }

  /// The last one in the order.
  var last: Victim? { order.last.map { pool[Int($0)] } }

  /// Closes the directories that they stand in: what is remembered for long holds none open but the root.
  func letGoOfDirectories() {
    for node in DirectoryNode.chains(of: order.lazy.map { pool.node(Int($0)) }) { node.release() }
  }

  /// Where a cull ends that needs so much; nil when these do not tell.
  func cut(covering need: CullSum) -> CutFinder.Cut? {
    var plan = CullSum()
    for number in order {
      plan += pool.sum(Int(number))
      if plan.covers(need) { return CutFinder.Cut(last: pool[Int(number)].key, plan: plan) }
    }
    return isCut ? nil : CutFinder.Cut(last: nil, plan: plan)
  }

  /// Some of them, by their places in the order.
  func victims(_ places: Range<Int>) -> [Victim] { order[places].map { pool[Int($0)] } }

  /// The places of the first ones, those of one directory beside each other, as the scan came across them.
  func placesByDirectory(first count: Int) -> [UInt32] {
    var places = [UInt32?](repeating: nil, count: pool.entries.count)
    for (place, number) in order.prefix(count).enumerated() { places[Int(number)] = UInt32(place) }
    return places.compactMap { $0 }
  }

  /// Opens the directories of the first ones by their names once more, before something goes: one that was moved or replaced since the
  /// scan is not used.
  func openDirectoriesAnew(first count: Int) {
    for node in DirectoryNode.chains(of: order.prefix(count).lazy.map { pool.node(Int($0)) }) { node.openAnew() }
  }

  /// What the first ones come to, and the most recent use among them.
  func facts(first count: Int) -> (sum: CullSum, newest: Timestamp?) {
    let numbers = order.prefix(count)
    let newest = numbers.map { pool.entries[Int($0)].seen.access }.max()
    return (numbers.reduce(into: CullSum()) { $0 += pool.sum(Int($1)) }, newest)
  }

  /// How many lie within bounds which begin where these do; nil when there may be more.
  func count(within bounds: CullScope.Bounds) -> Int? {
    // The first one behind the bounds.
    var (low, high) = (0, order.count)
    while low < high {
      let middle = (low + high) / 2
      if isWithin(order[middle], bounds) { low = middle + 1 } else { high = middle }
    }
    if isCut, low == order.count, last?.key != bounds.last { return nil }
    return low
  }

  private func isWithin(_ number: UInt32, _ bounds: CullScope.Bounds) -> Bool {
    let rank = pool.entries[Int(number)].rank
    if rank > bounds.ranks.upperBound { return false }
    guard let last = bounds.last, rank >= last.rank else { return true }
    return pool[Int(number)].key <= last
  }
}
