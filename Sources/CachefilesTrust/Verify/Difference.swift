// SPDX-License-Identifier: Apache-2.0
import LinuxIO

/// How two readings of a piece of a file differ.
struct Difference: Sendable, Equatable {
  /// The piece: offsets in the file.
  let piece: Range<UInt64>
  /// How many bytes differ.
  private(set) var bytes: UInt64 = 0
  /// In how many runs.
  private(set) var rangeCount = 0
  /// Where the first of them begins and the last ends.
  private var span: Range<UInt64> = 0..<0
  /// The first of these runs.
  private(set) var ranges: [WrongRange] = []

  /// Compares what two buffers hold of a piece; nil when it is the same.
  ///
  /// - Parameter start: where the piece begins in the buffers.
  init?(_ cache: AlignedBuffer, _ server: AlignedBuffer, piece: Range<UInt64>, at start: Int) {
    let count = Int(piece.upperBound - piece.lowerBound)
    if cache.isEqual(to: server, in: start..<start + count) { return nil }
    self.piece = piece
    var index = start
    let end = start + count
    while index < end {
      if cache[index] == server[index] {
        index += 1
        continue
      }
      let first = index
      while index < end, cache[index] != server[index] { index += 1 }
      add(first..<index, start, cache, server)
    }
  }

  private mutating func add(_ run: Range<Int>, _ start: Int, _ cache: AlignedBuffer, _ server: AlignedBuffer) {
    let offset = piece.lowerBound + UInt64(run.lowerBound - start)
    span = (rangeCount == 0 ? offset : span.lowerBound)..<offset + UInt64(run.count)
    bytes += UInt64(run.count)
    rangeCount += 1
    guard ranges.count < WrongRange.mostRanges else { return }
    let shown = run.lowerBound..<min(run.upperBound, run.lowerBound + WrongRange.shownBytes)
    ranges.append(
      WrongRange(
        offset: offset, length: UInt64(run.count), cache: cache.bytes(shown), server: server.bytes(shown)))
  }
}

extension Difference {
  /// Whether the first run of this piece goes on with the last of another.
  fileprivate func continues(_ other: Difference) -> Bool { span.lowerBound == other.span.upperBound }
}

extension [Difference] {
  /// In how many runs all pieces differ.
  var rangeCount: Int {
    reduce(0) { $0 + $1.rangeCount } - zip(self, dropFirst()).count { $1.continues($0) }
  }

  /// The runs of all pieces in order, those that meet at the end of a piece as one; at most so many as are kept.
  var ranges: [WrongRange] {
    var all: [WrongRange] = []
    for range in flatMap(\.ranges) {
      if let last = all.last, last.offset + last.length == range.offset {
        all[all.count - 1].length += range.length
        let missing = WrongRange.shownBytes - last.cache.count
        if missing > 0, last.length == UInt64(last.cache.count) {
          all[all.count - 1].cache += range.cache.prefix(missing)
          all[all.count - 1].server += range.server.prefix(missing)
        }
      } else {
        all.append(range)
      }
    }
    return all
  }
}
