// SPDX-License-Identifier: Apache-2.0
package import LinuxIO

/// What of a cache was used since when: how much time a cache of some size would hold, and what a cull to that size
/// would remove. Culling takes the least recently used objects, so that a smaller cache would have kept the others.
///
/// Moments are told to the slice of time in which objects are counted, a quarter of a second at best and a few
/// thousandths of the whole span of time at worst.
package struct AgeCurve: Sendable {
  /// Slices of 2^28 ns to begin with; ``AgeHistogram`` makes them coarser as needed.
  static let shift = 28
  private let slices: [(end: Int64, start: Int64, sum: CullSum)]
  /// All objects.
  package let total: CullSum

  init(_ histogram: AgeHistogram) {
    let shift = histogram.shift
    total = histogram.total
    slices = histogram.slices.sorted { $0.key > $1.key }.map { slice, sum in
      let start = slice << shift
      let width = shift >= 63 ? Int64.max : (1 << shift) - 1
      let (end, overflow) = start.addingReportingOverflow(width)
      return (overflow ? .max : end, start, sum)
    }
  }

  /// What a cache of a size holds.
  package struct Part: Sendable, Equatable {
    /// The size in bytes that was asked about.
    package var size: UInt64
    /// What it keeps: the most recently used.
    package var kept: CullSum
    /// What a cull to the size removes.
    package var removed: CullSum
    /// Everything that was used from this moment on is kept; nil when nothing is.
    package var since: Timestamp?
  }

  /// What a cache of so many bytes would hold of this one.
  package func part(within size: UInt64) -> Part {
    var part = Part(size: size, kept: CullSum(), removed: CullSum(), since: nil)
    var isFull = false
    for slice in slices {
      if !isFull, part.kept.bytes &+ slice.sum.bytes <= size {
        part.kept += slice.sum
        part.since = Timestamp(nanosecondsSince1970: slice.start)
      } else {
        isFull = true
        part.removed += slice.sum
      }
    }
    return part
  }

  /// The bytes of the objects that were used from a moment on.
  package func bytes(usedSince moment: Timestamp) -> UInt64 {
    let moment = moment.clampedNanoseconds
    return slices.prefix { $0.end >= moment }.reduce(0) { $0 &+ $1.sum.bytes }
  }

  /// The moment at or after which all objects but a share of them were used; nil without
  /// objects.
  package func start(leavingOut share: Double) -> Timestamp? {
    var left = Int(Double(total.objects) * share)
    for slice in slices.reversed() {
      guard slice.sum.objects <= left else { return Timestamp(nanosecondsSince1970: slice.start) }
      left -= slice.sum.objects
    }
    return nil
  }
}
