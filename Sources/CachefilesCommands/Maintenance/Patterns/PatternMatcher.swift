import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep

/// Asks patterns about the objects of one thread's scan. What the names of a directory have in common is asked once.
final class PatternMatcher: ObjectMatcher {
  /// The beginning of a text, and where it leads.
  private struct Prefix {
    let bytes: [UInt8]
    var hash = LiteralTable.Hash()
    var state: GlobAutomaton.State = 0

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
      hash.add(bytes)
    }
  }

  private let literals: LiteralTable
  private var automaton: GlobAutomaton
  private let onLiteral: (Int) -> Void
  private var directory: DirectoryNode?
  private var generation = -1
  private var prefixes: [Prefix] = []
  private var isVolumeMatched = false
  private var volume: ScannedVolume?

  init(_ literals: LiteralTable, _ automaton: GlobAutomaton, onLiteral: @escaping (Int) -> Void) {
    self.literals = literals
    self.automaton = automaton
    self.onLiteral = onLiteral
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
    prefixes = [Prefix(node.cachePath.bytes + slash), Prefix(key + slash)]
    restart()
  }

  /// Leads the automaton to the end of each prefix.
  private func restart() {
    generation = automaton.generation
    for index in prefixes.indices {
      var state = automaton.start()
      for byte in prefixes[index].bytes { state = automaton.step(state, byte) }
      prefixes[index].state = state
    }
  }

  private func matches(_ prefix: Prefix, _ name: Span<UInt8>) -> Bool {
    var (hash, state, isMatched) = (prefix.hash, prefix.state, false)
    for index in 0..<name.count {
      hash.add(name[index])
      state = automaton.step(state, name[index])
    }
    literals.forEachMatch(hash, prefix.bytes, name) {
      isMatched = true
      onLiteral($0)
    }
    return automaton.matches(state) || isMatched
  }

  private func matches(whole text: [UInt8]) -> Bool {
    automaton.trim()
    var prefix = Prefix([])
    prefix.state = automaton.start()
    return matches(prefix, text.span)
  }

  private func matches(volume key: [UInt8]) -> Bool {
    let forms = VolumeDescription(key).forms.map { matches(whole: $0) }
    return forms.contains(true)
  }
}
