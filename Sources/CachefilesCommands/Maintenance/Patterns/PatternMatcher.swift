// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep

/// Asks patterns about the objects of one thread's scan. What the names of a directory have in common is asked once.
final class PatternMatcher: ObjectMatcher {
  /// The beginning of a text, and where it leads.
  private struct Prefix {
    let bytes: [UInt8]
    let hash: LiteralTable.Hash
    let literals: LiteralTable.Group?
    var state: GlobAutomaton.State = 0

    init(_ bytes: [UInt8], _ table: LiteralTable) {
      self.bytes = bytes
      var hash = LiteralTable.Hash()
      for byte in bytes { hash.add(byte) }
      self.hash = hash
      literals = table.group(bytes, hash)
    }
  }

  private let literals: LiteralTable
  private var automaton: GlobAutomaton
  private let hasMatched: AtomicFlags
  private var directory: DirectoryNode?
  private var generation = -1
  private var prefixes: [Prefix] = []
  private var isVolumeMatched = false
  private var volume: ScannedVolume?

  init(_ literals: LiteralTable, _ automaton: GlobAutomaton, _ hasMatched: AtomicFlags) {
    self.literals = literals
    self.automaton = automaton
    self.hasMatched = hasMatched
  }

  func matches(_ entry: borrowing ScanEntry) -> Bool {
    if directory !== entry.directory { enter(entry.directory) }
    automaton.trim()
    if automaton.generation != generation { restart() }
    let name = entry.name
    // Both names are asked, so that each pattern comes to know whether it matches anything.
    var isMatched = isVolumeMatched
    for prefix in prefixes where matches(prefix, name) { isMatched = true }
    return isMatched
  }

  /// Whether something matches, by its path below the root: an object, `cache/I<volume key>/@xx/<name>`, or a directory above
  /// objects.
  func matches(path: [UInt8]) -> Bool {
    let components = path.split(separator: UInt8(ascii: "/"), maxSplits: 3, omittingEmptySubsequences: false)
    guard components.count > 1, let last = components.last else { return matches(whole: path) }
    let key = Array(components[1].dropFirst())
    let named = components.count > 2 ? key + [UInt8(ascii: "/")] + last : key
    // Each is asked, as above.
    let answers = [matches(whole: path), matches(whole: named), matches(volume: key)]
    return answers.contains(true)
  }

  private func enter(_ node: DirectoryNode) {
    directory = node
    let key = node.volume?.key ?? []
    if volume !== node.volume {
      volume = node.volume
      isVolumeMatched = matches(volume: key)
    }
    let slash = [UInt8(ascii: "/")]
    prefixes = [Prefix(node.cachePath.bytes + slash, literals), Prefix(key + slash, literals)]
    restart()
  }

  /// Leads the automaton to the end of each prefix.
  private func restart() {
    generation = automaton.generation
    for index in prefixes.indices {
      prefixes[index].state = state(behind: prefixes[index].bytes)
    }
  }

  /// Where the automaton is behind a prefix, when no `/` comes any more.
  private func state(behind prefix: [UInt8]) -> GlobAutomaton.State {
    var state = automaton.start()
    for byte in prefix { state = automaton.step(state, byte) }
    return automaton.beforeName(state)
  }

  private func matches(_ prefix: Prefix, _ name: Span<UInt8>) -> Bool {
    var isMatched = false
    if let group = prefix.literals {
      var hash = prefix.hash
      for index in 0..<name.count { hash.add(name[index]) }
      literals.forEachMatch(in: group, hash, name) {
        isMatched = true
        hasMatched.set($0)
      }
    }
    guard !automaton.isEmpty else { return isMatched }
    var state = prefix.state
    for index in 0..<name.count { state = automaton.step(state, name[index]) }
    return automaton.matches(state) || isMatched
  }

  private func matches(whole text: [UInt8]) -> Bool {
    automaton.trim()
    let end = (text.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1
    var prefix = Prefix(Array(text[..<end]), literals)
    prefix.state = state(behind: prefix.bytes)
    return matches(prefix, Array(text[end...]).span)
  }

  private func matches(volume key: [UInt8]) -> Bool {
    let forms = VolumeDescription(key).forms.map { matches(whole: $0) }
    return forms.contains(true)
  }
}
