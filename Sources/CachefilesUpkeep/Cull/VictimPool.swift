// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// Victims in flat arrays: none of them is allocated or counted for itself, so that hundreds of thousands cost little time and memory.
struct VictimPool: Sendable {
  /// A victim; its name and its directory are in the other arrays.
  struct Entry: Sendable {
    var rank: Int64
    var seen: SeenFile
    var diskBytes: UInt64
    fileprivate var directory: UInt32
    fileprivate var nameStart: UInt32
    fileprivate var nameLength: UInt16
    /// Whether a file goes with it: not where it has another name somewhere.
    fileprivate var isLastName: Bool
    /// Whether a flag keeps it from going.
    fileprivate var isProtected: Bool
  }

  private(set) var entries: [Entry] = []
  private var names: [UInt8] = []
  private var directories: [VictimDirectory] = []

  /// Room for so many, which takes memory as it is used.
  mutating func reserve(_ count: Int) {
    entries.reserveCapacity(count)
    names.reserveCapacity(count * 80)
  }

  /// Takes an entry of a scan.
  mutating func add(_ entry: borrowing ScanEntry, rank: Int64) {
    let node = entry.directory
    if directories.last?.node !== node { directories.append(VictimDirectory(node, path: node.cachePath.bytes)) }
    let status = entry.status
    let name = entry.name
    entries.append(
      Entry(
        rank: rank, seen: SeenFile(status), diskBytes: status.allocatedBytes, directory: UInt32(directories.count - 1),
        nameStart: UInt32(names.count), nameLength: UInt16(name.count), isLastName: status.links <= 1,
        isProtected: status.protectingFlag != nil))
    names.extend(byAtMost: name.count) { bytes in for index in name.indices { bytes.append(name[index]) } }
  }

  /// Takes what another pool has.
  mutating func append(_ other: VictimPool) {
    let (first, start, directory) = (entries.count, UInt32(names.count), UInt32(directories.count))
    entries += other.entries
    names += other.names
    directories += other.directories
    for index in first..<entries.count {
      entries[index].nameStart += start
      entries[index].directory += directory
    }
  }

  /// Forgets everything, and keeps the memory.
  mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    names.removeAll(keepingCapacity: true)
    directories.removeAll(keepingCapacity: true)
  }

  /// Keeps some, told by number and rank, in the order in which they are; nothing of the others stays in memory.
  mutating func keep(_ isKept: (Int, Int64) -> Bool) {
    var (count, length) = (0, 0)
    var numbers = [UInt32](repeating: .max, count: directories.count)
    var kept: [VictimDirectory] = []
    for index in entries.indices where isKept(index, entries[index].rank) {
      var entry = entries[index]
      let start = Int(entry.nameStart)
      // Names lie in the order of the entries: each moves to the front, over what goes.
      names.withUnsafeMutableBytes { bytes in
        UnsafeMutableRawBufferPointer(rebasing: bytes[length..<length + Int(entry.nameLength)])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(entry.nameLength)]))
      }
      entry.nameStart = UInt32(length)
      length += Int(entry.nameLength)
      let old = Int(entry.directory)
      if numbers[old] == .max {
        numbers[old] = UInt32(kept.count)
        kept.append(directories[old])
      }
      entry.directory = numbers[old]
      entries[count] = entry
      count += 1
    }
    entries.removeLast(entries.count - count)
    names.removeLast(names.count - length)
    directories = kept
  }

  // MARK: Reading

  /// The directory that one of them stands in.
  func node(_ index: Int) -> DirectoryNode { directories[Int(entries[index].directory)].node }

  /// What one of them comes to.
  func sum(_ index: Int) -> CullSum {
    let entry = entries[index]
    var sum = CullSum()
    sum.objects = 1
    if entry.isLastName { (sum.files, sum.bytes) = (1, entry.diskBytes) }
    return sum
  }

  /// One of them by itself.
  subscript(_ index: Int) -> Victim {
    let entry = entries[index]
    return Victim(
      directory: directories[Int(entry.directory)], name: Array(name(entry)), seen: entry.seen, sum: sum(index),
      diskBytes: entry.diskBytes, rank: entry.rank, isProtected: entry.isProtected)
  }

  private func name(_ entry: Entry) -> ArraySlice<UInt8> {
    names[Int(entry.nameStart)..<Int(entry.nameStart) + Int(entry.nameLength)]
  }

  /// The order of culling: rank, then path. A path is not put together for it.
  func precedes(_ left: Int, _ right: Int) -> Bool {
    let (first, second) = (entries[left], entries[right])
    if first.rank != second.rank { return first.rank < second.rank }
    let (above, other) = (directories[Int(first.directory)], directories[Int(second.directory)])
    if above === other { return name(first).lexicographicallyPrecedes(name(second)) }
    return [above.path[...], [UInt8(ascii: "/")], name(first)].joined()
      .lexicographicallyPrecedes([other.path[...], [UInt8(ascii: "/")], name(second)].joined())
  }

  /// The numbers of some of them in the order of culling.
  func ordered(_ numbers: some Sequence<Int>) -> [Int] {
    var order = numbers.map { (rank: entries[$0].rank, number: $0) }
    order.sort { left, right in
      left.rank != right.rank ? left.rank < right.rank : precedes(left.number, right.number)
    }
    return order.map(\.number)
  }
}
