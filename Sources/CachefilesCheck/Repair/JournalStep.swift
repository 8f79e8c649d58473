// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// One change to a cache, as it is written to the journal before it is made: enough to make it, to see whether it was
/// made, and to take it back.
struct JournalStep: Codable, Equatable {
  /// The problem that it is part of mending.
  var problem: String
  /// The entry, below the root.
  var path: CachePath
  /// The entry's inode; 0 for one that does not exist yet.
  var inode: UInt64
  /// When the entry was made; nil where that is not kept. Inode numbers are used again.
  var birth: Timestamp?
  /// What the entry was like before; nil in journals of version 1, and for what does not exist yet.
  var facts: EntryFacts?
  /// For a directory that is buried: how many entries it held, at any depth.
  var entries: Int?
  /// The change.
  var change: Change
  /// The times of the directory that the entry stands in, before the change.
  var parentTimes: EntryTimes?

  /// Whether the entry goes elsewhere.
  var isMove: Bool {
    if case .move = change { return true }
    return false
  }

  /// The paths that it names, below the root.
  var paths: [CachePath] {
    if case .move(let destination, _) = change { return [path, destination] }
    return [path]
  }

  /// The directories in which it changes something, below the root.
  var changedDirectories: [CachePath] {
    switch change {
    case .move(let destination, _): [path.parent, destination.parent]
    case .makeDirectory, .remove: [path.parent]
    case .setAttribute, .setFlags, .setMode, .setTimes, .truncate: []
    }
  }

  /// The facts of the entry that the change itself alters.
  var changedFacts: EntryFacts.Kinds {
    switch change {
    case .setAttribute: .attribute
    case .setMode: .access
    case .truncate: .data
    case .move, .makeDirectory, .setFlags, .setTimes, .remove: []
    }
  }

  /// What is changed.
  enum Change: Codable, Equatable {
    /// Given another name in the same file system. `times` are those of the directory that it goes to.
    case move(to: CachePath, times: EntryTimes?)
    /// A directory is made.
    case makeDirectory
    /// The cache attribute gets another value; nil stands for no attribute.
    case setAttribute(old: JournalBytes?, new: JournalBytes?)
    /// The inode flags are changed.
    case setFlags(old: UInt32, new: UInt32)
    /// Mode and owner are changed.
    case setMode(old: Access, new: Access)
    /// The times are changed.
    case setTimes(old: EntryTimes, new: EntryTimes)
    /// The file is cut; `tail` is the data that is lost, without the holes.
    case truncate(old: UInt64, new: UInt64, tail: [Run], times: EntryTimes)
    /// The entry is removed for good.
    case remove
  }

  /// Data of a file.
  struct Run: Codable, Equatable {
    var offset: UInt64
    var data: JournalBytes
  }

  /// Who may use an entry.
  struct Access: Codable, Equatable {
    var mode: UInt16
    var owner: UInt32
    var group: UInt32

    /// Whether each part is that of one or the other: what a change that was cut off leaves.
    func isBetween(_ one: Access, _ other: Access) -> Bool {
      [one.mode, other.mode].contains(mode) && [one.owner, other.owner].contains(owner)
        && [one.group, other.group].contains(group)
    }
  }
}
