// SPDX-License-Identifier: Apache-2.0

/// Texts that stand for themselves, by what they are up to their last `/`: any number of them costs one look a directory, and one
/// a name in those directories that a text names. What belongs to a directory lies together, as a scan asks for it.
struct LiteralTable: Sendable {
  /// A hash that is made byte by byte (FNV-1a), so that that of a directory is made once for all names in it.
  struct Hash: Sendable {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    @inline(__always)
    mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

    /// The bits that places are taken from.
    @inline(__always)
    fileprivate var mixed: UInt32 { UInt32(truncatingIfNeeded: value ^ value >> 32) }
  }

  /// A text in its place: its number plus 1, 0 for none, a part of its hash, so that few others are looked at, and where what
  /// comes behind its last `/` lies.
  private struct Slot: Sendable {
    var number: UInt32 = 0
    var mark: UInt32 = 0
    var name = ByteLines.Place(start: 0, end: 0)
  }

  /// The texts that have the same beginning up to the last `/`.
  struct Group: Sendable {
    /// The beginning, in one of the texts.
    fileprivate var prefix: ByteLines.Place
    fileprivate var count = 0
    /// The bytes of all names.
    fileprivate var size = 0
    /// The first of its slots, of which there is a power of two, and this number less one.
    fileprivate var first = 0
    fileprivate var mask = 0
    /// Where the next name goes.
    fileprivate var end = 0
  }

  private let texts: ByteLines
  private var slots: [Slot] = []
  private var names: [UInt8] = []
  private var groups: [Group] = []
  /// The numbers of the groups by the hash of their prefix; where another prefix has it, by the number after it.
  private var numbers: [UInt64: Int] = [:]

  /// Makes a table of some of the texts, by their numbers.
  init(_ texts: ByteLines, _ chosen: [UInt32]) {
    self.texts = texts
    var marks: [(group: UInt32, hash: UInt32)] = []
    marks.reserveCapacity(chosen.count)
    for number in chosen { marks.append(count(texts.places[Int(number)])) }
    var (slot, name) = (0, 0)
    for index in groups.indices {
      var places = 2
      while places * 2 < groups[index].count * 3 { places *= 2 }
      groups[index].first = slot
      groups[index].mask = places - 1
      groups[index].end = name
      slot += places
      name += groups[index].size
    }
    slots = Array(repeating: Slot(), count: slot)
    names = Array(repeating: 0, count: name)
    for (number, mark) in zip(chosen, marks) { put(number, mark.hash, in: Int(mark.group)) }
  }

  /// Counts a text in its group.
  private mutating func count(_ place: ByteLines.Place) -> (group: UInt32, hash: UInt32) {
    var (directory, whole) = (Hash(), Hash())
    var prefix = ByteLines.Place(start: place.start, end: place.start)
    let all = texts.bytes
    let bytes = all.span
    for index in place.range {
      whole.add(bytes[index])
      guard bytes[index] == UInt8(ascii: "/") else { continue }
      directory = whole
      prefix.end = UInt32(index + 1)
    }
    var key = directory.value
    while let number = numbers[key], texts.bytes[groups[number].prefix.range] != texts.bytes[prefix.range] { key &+= 1 }
    let number = numbers[key] ?? groups.count
    if number == groups.count {
      groups.append(Group(prefix: prefix))
      numbers[key] = number
    }
    groups[number].count += 1
    groups[number].size += Int(place.end - prefix.end)
    return (UInt32(number), whole.mixed)
  }

  private mutating func put(_ number: UInt32, _ hash: UInt32, in group: Int) {
    let text = texts.places[Int(number)]
    let prefix = groups[group].prefix
    let start = groups[group].end
    var end = start
    for index in Int(text.start + prefix.end - prefix.start)..<Int(text.end) {
      names[end] = texts.bytes[index]
      end += 1
    }
    groups[group].end = end
    var place = Int(hash) & groups[group].mask
    while slots[groups[group].first + place].number != 0 { place = (place + 1) & groups[group].mask }
    slots[groups[group].first + place] = Slot(
      number: number + 1, mark: hash, name: ByteLines.Place(start: UInt32(start), end: UInt32(end)))
  }

  /// The texts that begin with a prefix and have no `/` behind it; nil when there are none.
  ///
  /// - Parameter prefix: a text that ends with `/`, or an empty one, and its hash.
  func group(_ prefix: [UInt8], _ hash: Hash) -> Group? {
    var key = hash.value
    while let number = numbers[key] {
      if texts.bytes[groups[number].prefix.range].elementsEqual(prefix) { return groups[number] }
      key &+= 1
    }
    return nil
  }

  /// Calls a closure with the number of each text of a group that has a name behind its prefix. A text may be there twice.
  ///
  /// - Parameter hash: the hash of the prefix and the name, one after the other.
  @inline(__always)
  func forEachMatch(in group: Group, _ hash: Hash, _ name: Span<UInt8>, _ body: (Int) -> Void) {
    var place = Int(hash.mixed) & group.mask
    while slots[group.first + place].number != 0 {
      let slot = slots[group.first + place]
      if slot.mark == hash.mixed, equals(slot.name, name) { body(Int(slot.number) - 1) }
      place = (place + 1) & group.mask
    }
  }

  private func equals(_ place: ByteLines.Place, _ name: Span<UInt8>) -> Bool {
    let (start, names) = (Int(place.start), names.span)
    guard Int(place.end) - start == name.count else { return false }
    for index in 0..<name.count where names[start + index] != name[index] { return false }
    return true
  }
}
