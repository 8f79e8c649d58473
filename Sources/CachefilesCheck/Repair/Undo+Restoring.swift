// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Giving an entry back what it had.
extension Undo {
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
  func restore(
    _ step: JournalStep, _ entry: borrowing EntryHandle, mayBeHalfDone: Bool
  ) throws(Errno) -> Result {
    let status = entry.status
    switch step.change {
    case .setAttribute(let old, let new):
      let file = try entry.open(.inspect)
      let current = try file.attribute(CacheAttribute.name).map(JournalBytes.init)
      return try restore(from: current, old, new) { () throws(Errno) in try EntryHandle.setAttribute(old, of: file) }
    case .setFlags(let old, let new):
      let file = try entry.open(.inspect)
      return try restore(from: try file.inodeFlags().rawValue, old, new) { () throws(Errno) in
        try file.setInodeFlags(InodeFlags(rawValue: old))
      }
    case .setMode(let old, let new):
      let current = JournalStep.Access(mode: status.permissions, owner: status.owner, group: status.group)
      if current == old { return .untouched }
      guard current.isBetween(old, new) else { return .changed }
      try EntryHandle.setAccess(old, of: entry.open(.inspect))
      return .restored
    case .setTimes(let old, let new):
      return try restore(from: EntryTimes(status), old, new) { () throws(Errno) in
        try entry.open(.inspect).setTimes(old)
      }
    case .truncate: return try restoreTail(step, entry, mayBeHalfDone: mayBeHalfDone)
    case .move, .makeDirectory, .remove: return .changed
    }
  }

  /// Puts the old value back where the new one is found.
  private func restore<Value: Equatable>(
    from current: Value, _ old: Value, _ new: Value, _ putBack: () throws(Errno) -> Void
  ) throws(Errno) -> Result {
    if current == old { return .untouched }
    guard current == new else { return .changed }
    try putBack()
    return .restored
  }

  private func restoreTail(
    _ step: JournalStep, _ entry: borrowing EntryHandle, mayBeHalfDone: Bool
  ) throws(Errno) -> Result {
    guard case .truncate(let old, let new, let tail, let times) = step.change else { return .changed }
    let status = entry.status
    guard status.size >= new, status.size <= old else { return .changed }
    // An undo gives back both times in the end; a use since then moves that of the last access.
    if status.size == old, status.modification == times.modification { return .untouched }
    // The cut gave it back its time of modification. One that was killed before may not have, and then nothing but the cut,
    // or the undo of it, has touched the file since.
    if step.facts != nil, status.modification != times.modification {
      guard mayBeHalfDone || status.size > new, status.modification == status.change else { return .changed }
    }
    let file = try entry.open(.write)
    // What somebody wrote behind the cut since then is not overwritten; what an undo that was cut off wrote is.
    if status.size != new, try !isOwn(file, behind: new, tail, status.size) { return .changed }
    for run in tail {
      try file.write(run.data.bytes, at: try Self.offset(run.offset), count: run.data.bytes.count)
    }
    try file.truncate(to: Self.offset(old))
    try file.setTimes(times)
    return .restored
  }
}
