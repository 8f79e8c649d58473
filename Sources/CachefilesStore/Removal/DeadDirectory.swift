// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import Synchronization

/// A directory that is being emptied by one or more threads, to be removed by the last of them.
///
/// It has users: each thread at work in it, each offer of work in it, each directory below that is not done. Whoever is
/// the last to leave removes it.
package final class DeadDirectory: Sendable {
  /// The name in the directory above.
  let name: EntryName
  /// The directory above; nil for the one whose content is removed, which itself stays.
  var parent: DeadDirectory? { above }
  // Changes only while the node goes away, when nobody else can see it.
  nonisolated(unsafe) private var above: DeadDirectory?
  /// Which directory it is. Set by the thread that makes the node, before any other can see it.
  nonisolated(unsafe) var status = FileStatus()
  private let state: Guarded<State>

  private struct State {
    /// Directories in it that nobody has entered.
    var waiting: [EntryName] = []
    /// Directories in it that somebody is in or that wait, and whatever could not be removed.
    var known: Set<EntryName> = []
    var users = 1
    /// Whether there may be more entries than have been read.
    var isUnread = true
    var isBeingRead = false
    var isOffered = false
    /// Entries removed since the reading was last begun anew.
    var removed = 0
  }

  /// What a thread can do in it.
  enum Task {
    /// Enter this directory, which counts as a user until ``end(_:isGone:)``.
    case enter(EntryName)
    /// Read on, until ``endReading(isComplete:)``.
    case read
    /// Nothing; others may still be at work.
    case nothing
  }

  /// At most so many directories wait before they are entered and reading goes on.
  static let waitingLimit = 4096

  /// A directory that is still to be read.
  init(above: DeadDirectory?, name: EntryName) {
    self.above = above
    self.name = name
    state = Guarded(State())
  }

  /// A directory of which only these entries are removed.
  init(name: EntryName, only names: [EntryName]) {
    above = nil
    self.name = name
    state = Guarded(State(waiting: names, known: Set(names), isUnread: false))
  }

  /// Lets a long chain of directories go one by one; left to itself the release would recurse as deep as the chain.
  deinit {
    var chain = above
    above = nil
    while isKnownUniquelyReferenced(&chain) {
      let next = chain?.above
      chain?.above = nil
      chain = next
    }
  }

  /// The path below the directory whose content is removed.
  func path(of entry: [UInt8]? = nil) -> [UInt8] {
    var components = entry.map { [$0] } ?? []
    var node = self
    while let parent = node.above {
      components.append(node.name.bytes)
      node = parent
    }
    return Array(components.reversed().joined(separator: [UInt8(ascii: "/")]))
  }

  /// What to do next.
  func next() -> Task {
    state.withLock { state in
      if let name = state.waiting.popLast() {
        state.users += 1
        return .enter(name)
      }
      guard state.isUnread, !state.isBeingRead else { return .nothing }
      state.isBeingRead = true
      return .read
    }
  }

  /// Takes directories that were read. False when enough of them wait.
  func add(_ directories: [EntryName], removed: Int) -> Bool {
    state.withLock { state in
      state.removed += removed
      for name in directories where state.known.insert(name).inserted { state.waiting.append(name) }
      return state.waiting.count < Self.waitingLimit
    }
  }

  /// The reading is at its end, or stopped for now.
  func endReading(isComplete: Bool) {
    state.withLock { state in
      state.isBeingRead = false
      if isComplete { state.isUnread = false }
    }
  }

  /// Entries that were read before and are still there: at work, waiting, or not to be removed.
  var known: Set<EntryName> { state.withLock { $0.known } }

  /// Whether something in it could not be removed; asked when nobody is in it.
  var hasFailures: Bool { state.withLock { !$0.known.isEmpty } }

  /// Something that is no directory could not be removed.
  func keep(_ name: EntryName) { state.withLock { _ = $0.known.insert(name) } }

  /// A directory in it is done. True when that was its last user.
  func end(_ name: EntryName, isGone: Bool) -> Bool {
    state.withLock { state in
      if isGone {
        state.known.remove(name)
        state.removed += 1
      }
      state.users -= 1
      return state.users == 0
    }
  }

  /// A thread leaves it. True when it was the last user.
  func leave() -> Bool {
    state.withLock { state in
      state.users -= 1
      return state.users == 0
    }
  }

  /// It was not empty although all that was read is done: removing may hide entries from a reader. True when it is to be
  /// read once more, and the caller is its user again; false when the last reading brought nothing.
  func readAgain() -> Bool {
    state.withLock { state in
      guard state.removed > 0 else { return false }
      state.removed = 0
      state.isUnread = true
      state.users = 1
      return true
    }
  }

  /// Makes an offer to other threads a user, if directories wait in it and there is no offer yet.
  func offer() -> Bool {
    state.withLock { state in
      guard !state.waiting.isEmpty, !state.isOffered else { return false }
      state.isOffered = true
      state.users += 1
      return true
    }
  }

  /// The offer is taken; its taker is the user now. False where the work was not offered but given.
  @discardableResult
  func takeOffer() -> Bool {
    state.withLock { state in
      defer { state.isOffered = false }
      return state.isOffered
    }
  }
}
