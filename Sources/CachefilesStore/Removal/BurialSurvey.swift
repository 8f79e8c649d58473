// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
import LinuxIO
package import SystemPackage

/// A look through what is about to be buried, for what must not come to lie in the graveyard. Changes nothing.
///
/// The walk crosses no mount point, follows no link, and has one directory open at a time.
package struct BurialSurvey {
  /// At most so many entries are looked at.
  static let limit = 10_000_000

  /// What a look through an entry found.
  package struct Content: Equatable {
    /// The first thing that is in the way of a burial; nil when there is none.
    package var obstacle: BurialObstacle?
    /// Entries below it, at any depth.
    package var entries = 0
    /// Files that are dirty, or may be. Counted only where they are not in the way.
    package var dirty = 0

    /// Nothing was found.
    package init() {}
  }

  /// What becomes of dirty files.
  package enum DirtyRule {
    /// Each is in the way.
    case spare
    /// They are counted.
    case count
    /// They are not looked for.
    case ignore
  }

  /// What becomes of dirty files.
  let dirtyRule: DirtyRule
  /// Asked before each directory; true ends the walk with EINTR.
  let isCancelled: () -> Bool
  private let buffer = DirectoryBuffer(capacity: 64 << 10)
  private let values = AttributeBuffer(capacity: 1024)

  /// Prepares a walk.
  package init(_ dirtyRule: DirtyRule, isCancelled: @escaping () -> Bool) {
    self.dirtyRule = dirtyRule
    self.isCancelled = isCancelled
  }

  /// A directory on the way down, with the directories below it that are still to be seen.
  private struct Level {
    var name: [UInt8]
    var inode: UInt64
    var below: [EntryName]
  }

  /// Looks through an entry that was just found. Its own flag is no obstacle: it forbids the move by itself.
  ///
  /// - Parameter dirtiness: what its attribute tells, where it is a file and that is known already.
  /// - Throws: `Errno` for what cannot be looked at; ESTALE when directories are moved meanwhile.
  package func look(
    at entry: borrowing EntryHandle, in store: borrowing Store, _ dirtiness: Dirtiness? = nil
  ) throws(Errno) -> Content {
    let device = store.rootStatus.device
    let path = entry.path.bytes
    let isLegacy = entry.path.isInLegacyTree
    var content = Content()
    if entry.status.isMountPoint || entry.status.device != device {
      content.obstacle = .mount(path)
    } else if entry.status.kind == .regular {
      note(dirtiness ?? self.dirtiness(of: entry, isLegacy), path, &content)
    } else if entry.status.kind == .directory {
      try walk(try entry.open(.directory), path, device, &content, isLegacy)
    }
    return content
  }

  private func dirtiness(of entry: borrowing EntryHandle, _ isLegacy: Bool) -> Dirtiness {
    Dirtiness(entry.readAttribute(into: values), values, inLegacyTree: isLegacy)
  }

  private func note(
    _ dirtiness: @autoclosure () -> Dirtiness, _ path: @autoclosure () -> [UInt8], _ content: inout Content
  ) {
    if case .ignore = dirtyRule { return }
    let found = dirtiness()
    if found.isClean { return }
    switch dirtyRule {
    case .spare: content.obstacle = .of(found, path: path())
    case .count: content.dirty += 1
    case .ignore: break
    }
  }

  private func walk(
    _ top: consuming OwnedDescriptor, _ path: [UInt8], _ device: UInt64, _ content: inout Content, _ isLegacy: Bool
  ) throws(Errno) {
    var current = top
    var levels = [Level(name: path, inode: try current.status().inode, below: [])]
    var reads = true
    while let level = levels.last {
      if reads {
        if isCancelled() { throw .interrupted }
        levels[levels.count - 1].below = try read(current, levels, device, &content, isLegacy)
        if content.obstacle == nil, content.entries > Self.limit { content.obstacle = .size(Self.limit) }
        if content.obstacle != nil { return }
        reads = false
      } else if let next = level.below.last {
        levels[levels.count - 1].below.removeLast()
        current = try current.open(next, .directory)
        let status = try current.status()
        levels.append(Level(name: next.bytes, inode: status.inode, below: []))
        if status.isMountPoint || status.device != device {
          content.obstacle = .mount(Self.path(levels))
          return
        }
        reads = true
      } else {
        levels.removeLast()
        guard let above = levels.last else { break }
        current = try current.openParent()
        guard try current.status().inode == above.inode else { throw .staleNFSFileHandle }
      }
    }
  }

  /// Reads a directory, up to the first thing that is in the way, and gives the directories in it.
  private func read(
    _ directory: borrowing OwnedDescriptor, _ levels: [Level], _ device: UInt64, _ content: inout Content,
    _ isLegacy: Bool
  ) throws(Errno) -> [EntryName] {
    var directories: [EntryName] = []
    while content.obstacle == nil, content.entries <= Self.limit, try buffer.fill(from: directory) {
      try buffer.forEach { (record) throws(Errno) in
        if content.obstacle != nil { return }
        content.entries += 1
        let status = try record.status(in: directory)
        let name = record.name
        content.obstacle = .of(status, device: device, path: Self.path(levels, name.array))
        if content.obstacle != nil { return }
        if status.kind == .directory {
          guard let name = record.entryName else { throw .invalidArgument }
          directories.append(name)
        } else if status.kind == .regular {
          note(
            Dirtiness(of: record, in: directory, values, inLegacyTree: isLegacy), Self.path(levels, name.array),
            &content)
        }
      }
    }
    return directories
  }

  private static func path(_ levels: [Level], _ name: [UInt8]? = nil) -> [UInt8] {
    let names = levels.map(\.name) + (name.map { [$0] } ?? [])
    return Array(names.joined(separator: [UInt8(ascii: "/")]))
  }
}
