/// Texts that stand for themselves, found by a hash: any number of them cost one look.
struct LiteralTable: Sendable {
  /// A hash that is made byte by byte (FNV-1a), so that that of a directory is made once for all names in it.
  struct Hash: Sendable {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    @inline(__always)
    mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

    mutating func add(_ bytes: [UInt8]) { for byte in bytes { add(byte) } }
  }

  private var text: [UInt8] = []
  private var ends: [Int] = []
  /// What stands in each place: the number of a text plus 1, and 0 for none.
  private var slots: [UInt32]

  /// How many there are.
  var count: Int { ends.count }

  /// Makes a table.
  init(_ texts: [[UInt8]]) {
    var size = 16
    while size < texts.count * 2 { size *= 2 }
    slots = Array(repeating: 0, count: size)
    text.reserveCapacity(texts.reduce(0) { $0 + $1.count })
    for literal in texts {
      text += literal
      ends.append(text.count)
      var hash = Hash()
      hash.add(literal)
      var place = self.place(hash)
      while slots[place] != 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = UInt32(ends.count)
    }
  }

  private func place(_ hash: Hash) -> Int {
    Int(truncatingIfNeeded: hash.value ^ hash.value >> 32) & (slots.count - 1)
  }

  /// Calls a closure with the number of each text that is a prefix and a name, one after the other. A text may be there twice.
  @inline(__always)
  func forEachMatch(_ hash: Hash, _ prefix: [UInt8], _ name: Span<UInt8>, _ body: (Int) -> Void) {
    var place = place(hash)
    while slots[place] != 0 {
      let number = Int(slots[place]) - 1
      if equals(number, prefix, name) { body(number) }
      place = (place + 1) & (slots.count - 1)
    }
  }

  private func equals(_ number: Int, _ prefix: [UInt8], _ name: Span<UInt8>) -> Bool {
    let start = number > 0 ? ends[number - 1] : 0
    guard ends[number] - start == prefix.count + name.count else { return false }
    for index in prefix.indices where text[start + index] != prefix[index] { return false }
    let rest = start + prefix.count
    for index in 0..<name.count where text[rest + index] != name[index] { return false }
    return true
  }
}
