/// The classes that an object belongs to in the distributions of a cache.
package struct ObjectClasses: Sendable, Equatable {
  /// The number of its fanout directory.
  package var fanout: UInt8
  /// Its ``SizeClass``, by the length of the file.
  package var size: UInt8
  /// Its ``AgeClass``, by its last use.
  package var age: UInt8
  /// Its encoding: the place of the first letter of its name in `D S T E`, 4 for all others.
  package var encoding: UInt8

  /// For files with several names: which name stands for the file, whatever order they were seen in.
  func precedes(_ other: ObjectClasses) -> Bool {
    (fanout, encoding, size, age) < (other.fanout, other.encoding, other.size, other.age)
  }
}

/// Classes of lengths: nothing, up to 4 KiB, up to 16 KiB and so on by fours, more than 16 GiB.
package enum SizeClass {
  /// The greatest length of each class in bytes; the last class has none.
  package static let limits: [UInt64] = [0] + (0..<12).map { 4096 << (2 * $0) }
  /// The number of classes.
  package static let count = 14

  /// The class of a length in bytes.
  @inline(__always)
  package static func index(of size: UInt64) -> Int {
    guard size > 0 else { return 0 }
    let pages = (size - 1) >> 12
    return min(count - 1, 1 + (UInt64.bitWidth - pages.leadingZeroBitCount + 1) / 2)
  }
}

/// Classes of ages: in the future, up to an hour, and so on to more than a year.
package enum AgeClass {
  /// The greatest age of each class in seconds; the first class is the future, the last has no limit.
  package static let limits: [Int64] = [
    0, 3600, 6 * 3600, 86400, 3 * 86400, 7 * 86400, 30 * 86400, 90 * 86400, 180 * 86400, 365 * 86400,
  ]
  /// The number of classes.
  package static let count = 11

  /// The class of what was used at a time, in nanoseconds since 1970.
  @inline(__always)
  package static func index(of time: Int64, now: Int64) -> Int {
    let (age, overflow) = now.subtractingReportingOverflow(time)
    if overflow { return time < 0 ? count - 1 : 0 }
    if age < 0 { return 0 }
    var index = 1
    while index < limits.count, age > limits[index] * 1_000_000_000 { index += 1 }
    return index
  }
}

/// Objects sorted into classes in four ways.
package struct Distributions: Sendable, Equatable {
  /// By fanout directory.
  package var fanouts: [Tally] { Array(tallies[..<256]) }
  /// By length: see ``SizeClass``.
  package var sizes: [Tally] { Array(tallies[Self.firstSize..<Self.firstAge]) }
  /// By last use: see ``AgeClass``.
  package var ages: [Tally] { Array(tallies[Self.firstAge..<Self.firstEncoding]) }
  /// By encoding: `D S T E`, then all others.
  package var encodings: [Tally] { Array(tallies[Self.firstEncoding...]) }

  // All in one array: one look whether it is shared, for each object.
  private var tallies = [Tally](repeating: Tally(), count: firstEncoding + 5)
  private static let firstSize = 256
  private static let firstAge = firstSize + SizeClass.count
  private static let firstEncoding = firstAge + AgeClass.count

  @inline(__always)
  mutating func add(_ tally: Tally, _ classes: ObjectClasses) {
    let places = (
      Int(classes.fanout), Self.firstSize + Int(classes.size), Self.firstAge + Int(classes.age),
      Self.firstEncoding + Int(classes.encoding)
    )
    var tallies = tallies.mutableSpan
    tallies[places.0] += tally
    tallies[places.1] += tally
    tallies[places.2] += tally
    tallies[places.3] += tally
  }

  /// Counts the bytes of a fanout directory itself.
  @inline(__always)
  mutating func add(directory bytes: UInt64, fanout: UInt8) { tallies[Int(fanout)].diskBytes &+= bytes }

  mutating func merge(_ other: Distributions) {
    for index in tallies.indices { tallies[index] += other.tallies[index] }
  }
}

/// How evenly objects lie in the 256 fanout directories. The hash spreads them like chance; anything else tells of
/// objects that were put there by something else, or of many keys that collide.
package struct FanoutBalance: Sendable, Equatable {
  /// The mean number of objects in a directory.
  package let mean: Double
  /// The fewest and the most.
  package let range: ClosedRange<Int>
  /// Pearson's chi-squared against an even spread, with 255 degrees of freedom.
  package let chiSquared: Double
  /// Whether there are enough objects to judge: five in a directory on average, the usual rule for the test.
  package let isMeaningful: Bool

  /// Judges the numbers of objects in the fanout directories.
  package init(_ counts: [Int]) {
    let total = counts.reduce(0, +)
    let mean = Double(total) / Double(max(1, counts.count))
    self.mean = mean
    range = (counts.min() ?? 0)...(counts.max() ?? 0)
    chiSquared =
      mean > 0 ? counts.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean } : 0
    isMeaningful = mean >= 5
  }

  /// Whether chance alone hardly explains the spread: beyond four standard deviations of chi-squared (mean 255,
  /// variance 510), which an even hash exceeds in fewer than one of ten thousand caches.
  package var isUneven: Bool { isMeaningful && chiSquared > 255 + 4 * 22.583 }
}
