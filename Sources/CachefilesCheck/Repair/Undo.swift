// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import LinuxIO
package import SystemPackage

/// Takes a repair back, step by step from its journal, the last one first.
///
/// Each step is judged by what stands on the disk: one that was never made, or that has been taken back already, is
/// passed over. So an undo that was cut short can be run again.
package struct Undo: Sendable {
  /// What an undo did.
  package struct Report: Sendable, Equatable {
    /// The root's path.
    package var root: [UInt8]
    /// The journal's path.
    package var journal: [UInt8]
    /// Whether the journal ends as one does whose run came to its end. One without that end may lack steps that were made.
    package var hasEnd = true
    /// Steps taken back.
    package var restored = 0
    /// Steps that had not been made, or had been taken back before.
    package var untouched = 0
    /// What cannot come back, one line each.
    package var lost: [String] = []
    /// Whether some of that is not as the repair left it: other repairs may have come later.
    package var hasChanged: Bool { lost.contains { $0.hasSuffix(Undo.changedWords) } }
    /// Errors that were named.
    package var errors = 0
    /// Why it was not begun, or was stopped; one line.
    package var refusal: Refusal?
    /// Whether a signal ended it.
    package var isInterrupted = false
  }

  let contents: Journal.Contents
  private let path: FilePath
  /// For each place that something was moved to, the step that moved it there.
  let sources: [CachePath: JournalStep]
  /// What the journal's own steps change, by inode: of that each step compares what it set.
  let changed: [UInt64: EntryFacts.Kinds]
  /// The directories in which the journal's steps change something.
  let touched: Set<CachePath>

  /// Reads a journal. The cache is not touched.
  ///
  /// - Throws: ``JournalFailure`` when it cannot be read, is no journal, or has a damaged line.
  package init(journal path: FilePath) throws(JournalFailure) {
    contents = try Journal.read(path)
    self.path = path
    var sources: [CachePath: JournalStep] = [:]
    var changed: [UInt64: EntryFacts.Kinds] = [:]
    for step in contents.steps {
      if case .move(let destination, _) = step.change { sources[destination] = step }
      changed[step.inode, default: []].formUnion(step.changedFacts)
    }
    self.sources = sources
    self.changed = changed
    touched = Set(contents.steps.flatMap(\.changedDirectories))
  }

  /// The root directory that the journal names.
  package var root: FilePath { FilePath(bytes: contents.header.root.bytes) }

  /// What is said of an entry that is not as the repair left it.
  static let changedWords = "it has changed since the repair"

  /// How one step went.
  enum Result {
    case restored
    /// It is back, but not all of what was in it.
    case restoredInPart(String)
    case untouched
    case lost(String)

    /// Somebody has changed it.
    static var changed: Result { .lost(Undo.changedWords) }
  }

  /// Takes the repair back. Errors are counted and named, and the other steps go on.
  ///
  /// Nothing is thrown: ``Report/refusal`` says why it was not begun or was stopped. The times of the last change of inodes
  /// (ctime) do not come back.
  package func run(
    in store: borrowing Store, liveness sources: LivenessSources = LivenessSources(),
    isCancelled: () -> Bool = { Interruption.signal != nil }, onFailure: (StoreError) -> Void
  ) -> Report {
    var report = Report(root: store.path, journal: path.bytes)
    report.hasEnd = contents.end != nil || contents.header.version < 2
    do throws(Refusal) {
      try checkJournal(store)
      let cache = try store.hold(sources)
      let graveyard = try GraveyardHold(of: store)
      let finder: EntryFinder
      do throws(Errno) { finder = try EntryFinder(cache.store) } catch {
        throw .unmet("the directory cannot be opened once more: \(error)")
      }
      try takeBack(in: cache, finder, &report, isCancelled, onFailure)
      _ = consume graveyard
    } catch {
      report.refusal = error
    }
    return report
  }

  private func takeBack(
    in cache: borrowing ExclusiveCache, _ finder: EntryFinder, _ report: inout Report, _ isCancelled: () -> Bool,
    _ onFailure: (StoreError) -> Void
  ) throws(Refusal) {
    let looker = AttributeBuffer(capacity: 1024)
    for (index, step) in contents.steps.reversed().enumerated() {
      if isCancelled() {
        report.isInterrupted = true
        break
      }
      try cache.checkStillFree()
      do throws(Errno) {
        switch try takeBack(step, at: contents.steps.count - 1 - index, cache.store, finder, looker) {
        case .restored: report.restored += 1
        case .restoredInPart(let reason):
          report.restored += 1
          report.lost.append("\(EscapedBytes.string(step.path.bytes)): \(reason)")
        case .untouched: report.untouched += 1
        case .lost(let reason): report.lost.append("\(EscapedBytes.string(step.path.bytes)): \(reason)")
        }
      } catch {
        report.errors += 1
        onFailure(
          StoreError(path: step.path.bytes(below: cache.store.path), operation: "put back", error: error))
      }
    }
  }

  /// Sees to it that the journal is one of this directory, and names nothing that no repair touches.
  private func checkJournal(_ store: borrowing Store) throws(Refusal) {
    let header = contents.header
    if header.inode != store.rootStatus.inode {
      throw .unmet(
        "the journal belongs to another directory (inode \(header.inode), not \(store.rootStatus.inode))")
    }
    let isOther =
      header.birth.map { birth in (try? store.root.birthTime()).map { $0 != birth } ?? false } ?? false
      || header.handle.map { handle in store.rootHandle.map { $0 != handle } ?? false } ?? false
    if isOther {
      throw .unmet("the journal belongs to another directory, which had the same inode \(header.inode)")
    }
    if let path = contents.steps.flatMap(\.paths).first(where: { !Self.isOfCache($0) }) {
      throw .unmet("the journal names '\(EscapedBytes.string(path.bytes))', which no repair touches")
    }
  }

  /// Whether a path is one that repairs deal with: the root, `cache` and `graveyard`, what is below them, and the name that a
  /// displaced `graveyard` gets.
  private static func isOfCache(_ path: CachePath) -> Bool {
    let first = Array(path.bytes.prefix { $0 != UInt8(ascii: "/") })
    return path.isRoot || first == Store.cacheName.bytes || first == Store.graveyardName.bytes
      || RepairPlanner.isDisplacedName(first)
  }
}
