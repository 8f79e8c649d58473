// SPDX-License-Identifier: Apache-2.0

/// Many globs, asked together: an automaton whose states are made when a text first leads to them, so that each byte of a text costs
/// one step however many globs there are. Used by one thread.
struct GlobAutomaton {
  /// A place in the automaton.
  typealias State = Int32

  /// Where the automaton was started; states of an earlier start mean nothing.
  private(set) var generation = 0

  private struct Node {
    /// Places in the globs, as numbers of their parts in a row; none twice, in order.
    var positions: [Int32]
    /// Whether a glob matches whatever comes.
    var isAbsorbed: Bool
    /// The globs that match a text which ends here.
    var accepted: [Int32]
    var next: [State]
  }

  private struct Key: Hashable {
    var positions: [Int32]
    var isAbsorbed: Bool

    /// One number for all positions: there can be thousands.
    func hash(into hasher: inout Hasher) {
      var sum: UInt64 = isAbsorbed ? 1 : 0
      for position in positions { sum = (sum ^ UInt64(UInt32(bitPattern: position))) &* 0x9e37_79b9_7f4a_7c15 }
      hasher.combine(sum)
    }
  }

  /// Parts as numbers: bytes, and these.
  private static let anyByte: UInt16 = 256
  private static let anything: UInt16 = 257
  private static let end: UInt16 = 258

  /// More states than this are forgotten, and made again where they are needed.
  private static let limit = 4096

  private let parts: [UInt16]
  /// The number of the glob that a position belongs to.
  private let owners: [Int32]
  /// Whether a `/` has to come from a position on.
  private let needsSlash: [Bool]
  private let starts: [Int32]
  private let onMatch: (Int) -> Void
  private var nodes: [Node] = []
  private var numbers: [Key: State] = [:]

  /// Prepares the automaton.
  ///
  /// - Parameter onMatch: called at least once for each glob that matches one of the texts.
  init(_ globs: [Glob], onMatch: @escaping (Int) -> Void) {
    var (parts, owners, starts): ([UInt16], [Int32], [Int32]) = ([], [], [])
    for (number, glob) in globs.enumerated() {
      starts.append(Int32(parts.count))
      for part in glob.parts {
        switch part {
        case .byte(let byte): parts.append(UInt16(byte))
        case .anyByte: parts.append(Self.anyByte)
        case .anything: parts.append(Self.anything)
        }
      }
      parts.append(Self.end)
      owners += Array(repeating: Int32(number), count: glob.parts.count + 1)
    }
    (self.parts, self.owners, self.starts) = (parts, owners, starts)
    var needsSlash = Array(repeating: false, count: parts.count)
    for position in parts.indices.dropLast().reversed() where parts[position] != Self.end {
      needsSlash[position] = parts[position] == UInt16(UInt8(ascii: "/")) || needsSlash[position + 1]
    }
    self.needsSlash = needsSlash
    self.onMatch = onMatch
  }

  /// Whether there are no globs, so that nothing matches.
  var isEmpty: Bool { starts.isEmpty }

  /// Where each text begins.
  mutating func start() -> State {
    var positions: [Int32] = []
    var isAbsorbed = false
    for start in starts { add(start, to: &positions, &isAbsorbed) }
    return number(of: positions, isAbsorbed)
  }

  /// The same state where no `/` comes any more: few of many globs are left in a directory.
  mutating func beforeName(_ state: State) -> State {
    let node = nodes[Int(state)]
    return number(of: node.positions.filter { !needsSlash[Int($0)] }, node.isAbsorbed)
  }

  /// Where a byte leads.
  @inline(__always)
  mutating func step(_ state: State, _ byte: UInt8) -> State {
    let known = nodes[Int(state)].next[Int(byte)]
    return known >= 0 ? known : make(state, byte)
  }

  /// Whether a text that ends here matches any glob.
  mutating func matches(_ state: State) -> Bool {
    let node = nodes[Int(state)]
    for glob in node.accepted { onMatch(Int(glob)) }
    return node.isAbsorbed || !node.accepted.isEmpty
  }

  /// Forgets all states when there are too many; between two texts.
  mutating func trim() {
    guard nodes.count > Self.limit else { return }
    nodes = []
    numbers = [:]
    generation += 1
  }

  private mutating func make(_ state: State, _ byte: UInt8) -> State {
    let node = nodes[Int(state)]
    var positions: [Int32] = []
    positions.reserveCapacity(node.positions.count + 8)
    var isAbsorbed = node.isAbsorbed
    for position in node.positions {
      guard parts[Int(position)] == Self.anything else {
        take(byte, at: position, &positions, &isAbsorbed)
        continue
      }
      add(position, to: &positions, &isAbsorbed)
      take(byte, at: position + 1, &positions, &isAbsorbed)
    }
    let next = number(of: positions, isAbsorbed)
    nodes[Int(state)].next[Int(byte)] = next
    return next
  }

  /// Goes on behind a part that a byte matches.
  private func take(_ byte: UInt8, at position: Int32, _ positions: inout [Int32], _ isAbsorbed: inout Bool) {
    let part = parts[Int(position)]
    if part == UInt16(byte) || part == Self.anyByte { add(position + 1, to: &positions, &isAbsorbed) }
  }

  /// Adds a position. At `*` the part behind it is meant too, and of several in a row only the last counts. A glob whose rest is
  /// `*` has matched.
  private func add(_ start: Int32, to positions: inout [Int32], _ isAbsorbed: inout Bool) {
    var position = start
    while parts[Int(position)] == Self.anything, parts[Int(position) + 1] == Self.anything { position += 1 }
    if parts[Int(position)] == Self.anything, parts[Int(position) + 1] == Self.end {
      onMatch(Int(owners[Int(position)]))
      isAbsorbed = true
      return
    }
    // What leads to a `*` by an earlier position leads there by this one too.
    while parts[Int(position)] == Self.anything, let last = positions.last, last < position,
      owners[Int(last)] == owners[Int(position)]
    {
      positions.removeLast()
    }
    // The positions of one glob come in order; those of a glob before it are smaller.
    if positions.last.map({ $0 < position }) ?? true {
      positions.append(position)
    } else if !positions.contains(position) {
      positions.append(position)
      positions.sort()
    }
  }

  private mutating func number(of positions: [Int32], _ isAbsorbed: Bool) -> State {
    let key = Key(positions: positions, isAbsorbed: isAbsorbed)
    if let known = numbers[key] { return known }
    let accepted = positions.filter { parts[Int($0)] == Self.end }.map { owners[Int($0)] }
    let state = State(nodes.count)
    nodes.append(
      Node(
        positions: positions, isAbsorbed: isAbsorbed, accepted: accepted, next: Array(repeating: -1, count: 256)))
    numbers[key] = state
    return state
  }
}
