// SPDX-License-Identifier: Apache-2.0

/// Many short texts in one piece of memory.
struct ByteLines: Sendable {
  /// Where a text lies.
  struct Place: Sendable {
    var start: UInt32
    var end: UInt32

    /// Its bytes, as indices.
    var range: Range<Int> { Int(start)..<Int(end) }
  }

  /// What the texts lie in.
  private(set) var bytes: [UInt8]
  /// Where each of them lies.
  private(set) var places: [Place] = []

  /// Takes bytes of which no part is a text yet; at most 4 GiB.
  init(_ bytes: consuming [UInt8] = []) { self.bytes = bytes }

  /// How many there are.
  var count: Int { places.count }

  /// One of them.
  subscript(_ number: Int) -> ArraySlice<UInt8> { bytes[places[number].range] }

  /// Makes a part of the bytes a text.
  mutating func append(_ place: Place) { places.append(place) }

  /// Adds a text and its bytes.
  mutating func append(_ text: [UInt8]) { places.append(add(text)) }

  /// Puts another text in the place of one.
  mutating func replace(_ number: Int, by text: [UInt8]) { places[number] = add(text) }

  private mutating func add(_ text: [UInt8]) -> Place {
    let start = UInt32(bytes.count)
    bytes += text
    return Place(start: start, end: UInt32(bytes.count))
  }
}
