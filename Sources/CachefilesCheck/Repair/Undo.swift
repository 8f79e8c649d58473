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
    /// Steps taken back.
    package var restored = 0
    /// Steps that had not been made, or had been taken back before.
    package var untouched = 0
    /// What cannot come back, one line each.
    package var lost: [String] = []
    /// Errors that were named.
    package var errors = 0
    /// Why it was not begun, or was stopped; one line.
    package var refusal: Refusal?
    /// Whether a signal ended it.
    package var isInterrupted = false
  }

  private let contents: Journal.Contents
  private let path: FilePath
  /// For each place that something was moved to, the step that moved it there.
  private let sources: [JournalPath: JournalStep]
  /// What the journal's own steps change, by inode: of that each step compares what it set.
  private let changed: [UInt64: EntryFacts.Kinds]
  /// The directories in which the journal's steps change something.
  private let touched: Set<[UInt8]>

  /// Reads a journal. The cache is not touched.
  ///
  /// - Throws: ``JournalFailure`` when it cannot be read, is no journal, or has a damaged line.
  package init(journal path: FilePath) throws(JournalFailure) {
    contents = try Journal.read(path)
    self.path = path
    var sources: [JournalPath: JournalStep] = [:]
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

  /// How one step went.
  private enum Result {
    case restored
    /// It is back, but not all of what was in it.
    case restoredInPart(String)
    case untouched
    case lost(String)
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
    do throws(Refusal) {
      try checkJournal(store)
      let cache = try store.hold(sources)
      let graveyard = try GraveyardHold(of: store)
      try takeBack(in: cache, &report, isCancelled, onFailure)
      _ = consume graveyard
    } catch {
      report.refusal = error
    }
    return report
  }

  private func takeBack(
    in cache: borrowing ExclusiveCache, _ report: inout Report, _ isCancelled: () -> Bool,
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
        switch try takeBack(step, at: contents.steps.count - 1 - index, cache.store, looker) {
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
          StoreError(path: cache.store.path.appending(path: step.path.bytes), operation: "put back", error: error))
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
      throw .unmet("the journal names '\(EscapedBytes.string(path))', which no repair touches")
    }
  }

  /// Whether a path is one that repairs deal with: the root, `cache` and `graveyard`, what is below them, and the name that a
  /// displaced `graveyard` gets.
  private static func isOfCache(_ path: [UInt8]) -> Bool {
    let first = Array(path.prefix { $0 != UInt8(ascii: "/") })
    return path.isEmpty || first == Store.cacheName.bytes || first == Store.graveyardName.bytes
      || RepairPlanner.isDisplacedName(first)
  }

  private func takeBack(
    _ step: JournalStep, at index: Int, _ store: borrowing Store, _ values: AttributeBuffer
  ) throws(Errno) -> Result {
    switch step.change {
    case .move(let destination, let times): return try moveBack(step, destination.bytes, times, store, values)
    case .makeDirectory: return try removeDirectory(step, store)
    case .remove:
      guard try store.holds(step.path.bytes, step) else { return .lost("it was deleted") }
      let isDirectory = try store.status(ofEntry: step.path.bytes)?.kind == .directory
      return isDirectory ? .lost("it is there, but some of what was in it may have been deleted") : .untouched
    default: break
    }
    guard let status = try store.status(ofEntry: step.path.bytes), try store.holds(step.path.bytes, step) else {
      return .lost("it is not there any more")
    }
    let isUnchanged = try isUnchanged(step, at: step.path.bytes, store, values)
    return try restore(step, status, store, isUnchanged, mayBeHalfDone: contents.mayBeHalfDone(index))
  }

  /// Whether what stands at a path is what the repair left, by every fact that the journal has.
  private func isUnchanged(
    _ step: JournalStep, at path: [UInt8], _ store: borrowing Store, _ values: AttributeBuffer
  ) throws(Errno) -> Bool {
    guard let facts = step.facts, !path.isEmpty, let now = try store.facts(ofEntry: path, values) else { return true }
    var kinds = changed[step.inode] ?? []
    // Directories change with what is in them: what other steps did there, and their undo, are such changes.
    if facts.isDirectory, step.isMove || touched.contains(step.path.bytes) {
      kinds.insert(.data)
    }
    return facts.matches(now, besides: kinds)
  }

  private func moveBack(
    _ step: JournalStep, _ destination: [UInt8], _ times: EntryTimes?, _ store: borrowing Store,
    _ values: AttributeBuffer
  ) throws(Errno) -> Result {
    let isThere = try store.holds(destination, step)
    let isTaken = try store.status(ofEntry: step.path.bytes) != nil
    if isTaken {
      if try store.holds(step.path.bytes, step) {
        // An undo that was cut off may have stopped before the times.
        do throws(Errno) { try setTimes(step, times, destination, store) } catch {
          guard error == .noSuchFileOrDirectory || error == .notDirectory else { throw error }
        }
        return .untouched
      }
      if isThere { return .lost("something else has taken its place") }
    }
    guard isThere else {
      // One step may have moved on what another had moved: it may be back where it came from.
      var path = step.path
      while let source = sources[path], source.inode == step.inode, source.path != path {
        if try store.holds(source.path.bytes, step) { return .untouched }
        path = source.path
      }
      return .lost("it has been swept from the graveyard" + (isTaken ? ", and something else has taken its place" : ""))
    }
    guard try isUnchanged(step, at: destination, store, values) else { return .lost("it has changed since the repair") }
    let missing = try missing(step, destination, store)
    try store.move(destination, to: step.path.bytes, inode: step.inode)
    try setTimes(step, times, destination, store)
    return missing.map { .restoredInPart($0) } ?? .restored
  }

  /// What a sweep took from a buried directory, in words; nil when all of it is there.
  private func missing(
    _ step: JournalStep, _ destination: [UInt8], _ store: borrowing Store
  ) throws(Errno) -> String? {
    guard let entries = step.entries else { return nil }
    let content = try BurialSurvey(.ignore, isCancelled: { false }).look(at: destination, in: store)
    // A flag or a mount that came later ends the look: then the number says nothing.
    guard content.obstacle == nil else { return nil }
    let left = content.entries
    return left < entries ? "\(entries - left) of the \(entries) entries in it have been swept" : nil
  }

  private func setTimes(
    _ step: JournalStep, _ times: EntryTimes?, _ destination: [UInt8], _ store: borrowing Store
  ) throws(Errno) {
    try setTimes(step.parentTimes, of: step.path.bytes.parentPath, store)
    try setTimes(times, of: destination.parentPath, store)
  }

  private func removeDirectory(_ step: JournalStep, _ store: borrowing Store) throws(Errno) -> Result {
    guard let status = try store.status(ofEntry: step.path.bytes) else {
      try setTimes(step.parentTimes, of: step.path.bytes.parentPath, store)
      return .untouched
    }
    guard status.kind == .directory else { return .untouched }
    do throws(Errno) {
      try store.withParent(of: step.path.bytes) { (parent, name) throws(Errno) in try parent.removeDirectory(name) }
    } catch {
      // Something is kept there now; an empty directory more does no harm either.
      guard error == .directoryNotEmpty || error == .fileExists else { throw error }
      return .untouched
    }
    try setTimes(step.parentTimes, of: step.path.bytes.parentPath, store)
    return .restored
  }

  /// An offset that a file can have.
  private static func offset(_ value: UInt64) throws(Errno) -> Int64 {
    guard let offset = Int64(exactly: value) else { throw .invalidArgument }
    return offset
  }

  /// Whether a file holds nothing behind a cut but what was there before, or zeros where that is not written yet.
  private func isOwn(
    _ file: borrowing OwnedDescriptor, behind cut: UInt64, _ tail: [JournalStep.Run], _ size: UInt64
  ) throws(Errno) -> Bool {
    var offset = cut
    while offset < size {
      let found = try file.read(at: try Self.offset(offset), count: Int(min(size - offset, 1 << 20)))
      if found.isEmpty { return true }
      var expected = [UInt8](repeating: 0, count: found.count)
      for run in tail {
        for (index, byte) in run.data.bytes.enumerated() {
          let (place, overflow) = run.offset.addingReportingOverflow(UInt64(index))
          if !overflow, place >= offset, place - offset < UInt64(found.count) { expected[Int(place - offset)] = byte }
        }
      }
      for (byte, old) in zip(found, expected) where byte != 0 && byte != old { return false }
      offset += UInt64(found.count)
    }
    return true
  }

  /// Gives an entry back what it had, where it still has what the repair gave it.
  private func restore(
    _ step: JournalStep, _ status: FileStatus, _ store: borrowing Store, _ isUnchanged: Bool, mayBeHalfDone: Bool
  ) throws(Errno) -> Result {
    var result = Result.lost("it has changed since the repair")
    if !isUnchanged { return result }
    let mode: OwnedDescriptor.Mode = if case .truncate = step.change { .write } else { .inspect }
    try store.inEntry(step, mode) { (entry) throws(Errno) in
      switch step.change {
      case .setAttribute(let old, let new):
        let current = try entry.attribute(CacheAttribute.name).map(JournalBytes.init)
        if current == old { result = .untouched }
        guard current == new, old != new else { return }
        try Store.setAttribute(old, of: entry)
      case .setFlags(let old, let new):
        let current = try entry.inodeFlags().rawValue
        if current == old { result = .untouched }
        guard current == new, old != new else { return }
        try entry.setInodeFlags(InodeFlags(rawValue: old))
      case .setMode(let old, let new):
        let current = JournalStep.Access(mode: status.permissions, owner: status.owner, group: status.group)
        if current == old { result = .untouched }
        guard current != old, current.isBetween(old, new) else { return }
        try Store.setAccess(old, of: entry)
      case .setTimes(let old, let new):
        let current = EntryTimes(status)
        if current == old { result = .untouched }
        guard current == new, old != new else { return }
        try entry.setTimes(old)
      case .truncate(let old, let new, let tail, let times):
        guard status.size >= new, status.size <= old else { return }
        if status.size == old, EntryTimes(status) == times {
          result = .untouched
          return
        }
        // The cut gave it back its time of modification. One that was killed before may not have, and then nothing but the cut,
        // or the undo of it, has touched the file since.
        if step.facts != nil, status.modification != times.modification {
          guard mayBeHalfDone || status.size > new, status.modification == status.change else { return }
        }
        // What somebody wrote behind the cut since then is not overwritten; what an undo that was cut off wrote is.
        if status.size != new, try !isOwn(entry, behind: new, tail, status.size) { return }
        for run in tail {
          try entry.write(run.data.bytes, at: try Self.offset(run.offset), count: run.data.bytes.count)
        }
        try entry.truncate(to: Self.offset(old))
        try entry.setTimes(times)
      case .move, .makeDirectory, .remove: return
      }
      result = .restored
    }
    return result
  }

  private func setTimes(
    _ times: EntryTimes?, of path: [UInt8], _ store: borrowing Store
  ) throws(Errno) {
    guard let times else { return }
    try store.withEntry(path, .directory) { (entry) throws(Errno) in
      if EntryTimes(try entry.status()) != times { try entry.setTimes(times) }
    }
  }
}
