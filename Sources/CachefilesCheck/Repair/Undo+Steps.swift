// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Taking back one step.
extension Undo {
  func takeBack(
    _ step: JournalStep, at index: Int, _ store: borrowing Store, _ finder: EntryFinder,
    _ values: AttributeBuffer
  ) throws(Errno) -> Result {
    switch step.change {
    case .move(let destination, let times): return try moveBack(step, destination, times, store, finder, values)
    case .makeDirectory: return try removeDirectory(step, finder)
    case .remove:
      guard let entry = try finder.find(step.path), entry.isSubject(of: step) else { return .lost("it was deleted") }
      let isDirectory = entry.status.kind == .directory
      return isDirectory ? .lost("it is there, but some of what was in it may have been deleted") : .untouched
    default: break
    }
    guard let entry = try finder.find(step.path), entry.isSubject(of: step) else {
      return .lost("it is not there any more")
    }
    guard isUnchanged(step, entry, values) else { return .changed }
    return try restore(step, entry, mayBeHalfDone: contents.mayBeHalfDone(index))
  }

  /// Whether an entry is what the repair left, by every fact that the journal has.
  private func isUnchanged(_ step: JournalStep, _ entry: borrowing EntryHandle, _ values: AttributeBuffer) -> Bool {
    guard let facts = step.facts, !entry.path.isRoot else { return true }
    var kinds = changed[step.inode] ?? []
    // Directories change with what is in them: what other steps did there, and their undo, are such changes.
    if facts.isDirectory, step.isMove || touched.contains(step.path) {
      kinds.insert(.data)
    }
    return facts.matches(EntryFacts(entry, values), besides: kinds)
  }

  private func moveBack(
    _ step: JournalStep, _ destination: CachePath, _ times: EntryTimes?, _ store: borrowing Store,
    _ finder: EntryFinder, _ values: AttributeBuffer
  ) throws(Errno) -> Result {
    let grave = try finder.find(destination).flatMap { $0.isSubject(of: step) ? $0 : nil }
    let occupant = try finder.find(step.path)
    if let occupant {
      if occupant.isSubject(of: step) {
        // An undo that was cut off may have stopped before the times.
        do throws(Errno) { try setTimes(step, times, destination, finder) } catch {
          guard error == .noSuchFileOrDirectory || error == .notDirectory else { throw error }
        }
        return .untouched
      }
      if grave != nil { return .lost("something else has taken its place") }
    }
    guard var grave else {
      if try isBack(step, finder) { return .untouched }
      let also = occupant != nil ? ", and something else has taken its place" : ""
      return .lost("it has been swept from the graveyard" + also)
    }
    guard isUnchanged(step, grave, values) else { return .changed }
    let missing = try missing(step, grave, store)
    try grave.lookAgain()
    try grave.move(to: step.path, finder)
    try setTimes(step, times, destination, finder)
    return missing.map { .restoredInPart($0) } ?? .restored
  }

  /// Whether it is back where another step had moved it from: one step may have moved on what another had moved.
  private func isBack(_ step: JournalStep, _ finder: EntryFinder) throws(Errno) -> Bool {
    var path = step.path
    while let source = sources[path], source.inode == step.inode, source.path != path {
      if let entry = try finder.find(source.path), entry.isSubject(of: step) { return true }
      path = source.path
    }
    return false
  }

  /// What a sweep took from a buried directory, in words; nil when all of it is there.
  private func missing(
    _ step: JournalStep, _ grave: borrowing EntryHandle, _ store: borrowing Store
  ) throws(Errno) -> String? {
    guard let entries = step.entries else { return nil }
    let content = try BurialSurvey(.ignore, isCancelled: { false }).look(at: grave, in: store)
    // A flag or a mount that came later ends the look: then the number says nothing.
    guard content.obstacle == nil else { return nil }
    let left = content.entries
    return left < entries ? "\(entries - left) of the \(entries) entries in it have been swept" : nil
  }

  private func setTimes(
    _ step: JournalStep, _ times: EntryTimes?, _ destination: CachePath, _ finder: EntryFinder
  ) throws(Errno) {
    try setTimes(step.parentTimes, of: step.path.parent, finder)
    try setTimes(times, of: destination.parent, finder)
  }

  private func removeDirectory(_ step: JournalStep, _ finder: EntryFinder) throws(Errno) -> Result {
    guard let entry = try finder.find(step.path) else {
      try setTimes(step.parentTimes, of: step.path.parent, finder)
      return .untouched
    }
    guard entry.status.kind == .directory else { return .untouched }
    finder.forget(step.path)
    do throws(Errno) {
      try entry.removeDirectory()
    } catch {
      // Something is kept there now; an empty directory more does no harm either.
      guard error == .directoryNotEmpty || error == .fileExists else { throw error }
      return .untouched
    }
    try setTimes(step.parentTimes, of: step.path.parent, finder)
    return .restored
  }

  private func setTimes(_ times: EntryTimes?, of path: CachePath, _ finder: EntryFinder) throws(Errno) {
    guard let times else { return }
    let directory = try finder.directory(path)
    if EntryTimes(try directory.value.status()) != times { try directory.value.setTimes(times) }
  }
}
