// SPDX-License-Identifier: Apache-2.0

/// Objects sorted into classes in four ways.
package struct Distributions: Sendable, Equatable {
  /// By fanout directory.
  package var fanouts: [Tally] { Array(tallies[..<256]) }
  /// By length: see ``SizeClass``.
  package var sizes: [Tally] { Array(tallies[Self.firstSize..<Self.firstAge]) }
  /// By last use: see ``AgeClasses``.
  package var ages: [Tally] { Array(tallies[Self.firstAge..<Self.firstEncoding]) }
  /// By encoding: `D S T E`, then all others.
  package var encodings: [Tally] { Array(tallies[Self.firstEncoding...]) }

  // All in one array: one look whether it is shared, for each object.
  private var tallies = [Tally](repeating: Tally(), count: firstEncoding + 5)
  private static let firstSize = 256
  private static let firstAge = firstSize + SizeClass.count
  private static let firstEncoding = firstAge + AgeClasses.count

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
