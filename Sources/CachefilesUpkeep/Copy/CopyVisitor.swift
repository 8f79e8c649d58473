// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Copies what a scan of the source comes across; one for each thread.
struct CopyVisitor: ScanVisitor {
  private let copy: CacheCopy
  private var filter: CopyFilter
  private(set) var tally = CopyTally()
  /// The directory of the destination for the fanout that was visited last.
  private var current: (node: DirectoryNode, directory: SharedDescriptor?)?

  init(_ copy: CacheCopy) {
    self.copy = copy
    filter = CopyFilter(includesDirty: copy.options.includesDirty)
  }

  mutating func merge(_ other: consuming CopyVisitor) { tally.merge(other.tally) }

  mutating func visit(_ entry: borrowing ScanEntry) {
    if copy.isStopped { return }
    switch entry.place {
    case .volume: visitVolume(entry)
    case .fanout: visitFanout(entry)
    case .object: visitObject(entry)
    // What is in a strange directory goes with it.
    case .foreign:
      if entry.directory.place == .volume { skip(entry.path, .init(.foreign, "it is no part of a cache")) }
    case .root, .cache, .legacy, .graveyard, .buried: break
    }
  }

  private mutating func skip(_ path: [UInt8], _ objection: CopyFilter.Objection) {
    tally.skipped[objection.reason, default: 0] += 1
    copy.skip(CopySkip(path: path, reason: objection.reason, words: objection.words))
  }

  // MARK: Directories

  private mutating func visitVolume(_ entry: borrowing ScanEntry) {
    // The scan names what is mounted.
    if copy.isElsewhere(entry.status) { return }
    if let objection = CopyFilter.objection(toVolume: entry) { return skip(entry.path, objection) }
    guard let volume = entry.volume, let name = EntryName(entry.name.array) else { return }
    do throws(CopyFault) {
      let source = try open(entry)
      let opened = try copy.destination.directory(name, in: copy.destination.cache, like: source)
      if !opened.isNew {
        let there = try CopyFault.attempt(.destination, "read the cache attribute of") { () throws(Errno) in
          try opened.directory.value.attribute(CacheAttribute.name)
        }
        // Its objects belong to another state of the server's volume; the kernel would discard one kind or the other.
        guard there == entry.attributeValue.array else {
          throw CopyFault(
            side: .destination, operation: "merge the volume", error: .fileExists,
            note: "the one that is there has \(there == nil ? "no" : "another") record, and stays")
        }
      }
      try CopyFault.attempt(.destination, "look at") { () throws(Errno) in
        try copy.directories.add(volume, opened.directory)
      }
      note(entry, opened)
    } catch {
      copy.fail(error, entry.path)
    }
  }

  private mutating func visitFanout(_ entry: borrowing ScanEntry) {
    if copy.isElsewhere(entry.status) { return }
    guard let volume = entry.volume, copy.directories.contains(volume) else { return }
    guard entry.status.kind == .directory else {
      return skip(entry.path, .init(.unsound, "a fanout directory that is \(entry.status.kind.words)"))
    }
    guard let name = EntryName(entry.name.array) else { return }
    do throws(CopyFault) {
      guard let directory = try copy.directory(of: volume) else { return }
      let source = try open(entry)
      note(entry, try copy.destination.directory(name, in: directory.value, like: source))
    } catch {
      copy.fail(error, entry.path)
    }
  }

  private mutating func note(_ entry: borrowing ScanEntry, _ opened: CopyDestination.Opened) {
    if opened.isNew { tally.made += 1 }
    tally.directories.append(.init(path: copy.relativePath(entry.path), times: EntryTimes(entry.status)))
  }

  // MARK: Objects

  private mutating func visitObject(_ entry: borrowing ScanEntry) {
    guard copy.mayContinue() else { return }
    guard let directory = fanout(of: entry) else {
      tally.skipped[.volume, default: 0] += 1
      return
    }
    if let objection = filter.objection(to: entry) { return skip(entry.path, objection) }
    guard let name = EntryName(entry.name.array) else { return }
    do throws(CopyFault) {
      var outcome = try copyOnce(entry, name, directory)
      // Once more: the second time it may stand still.
      if case .changed = outcome { outcome = try copyOnce(entry, name, directory) }
      switch outcome {
      case .copied(let bytes, let dropped):
        tally.objects += 1
        tally.bytes += bytes
        tally.dropped += dropped
      case .present: tally.skipped[.present, default: 0] += 1
      case .different(let words):
        let path = copy.destinationPath(entry.path)
        skip(path, .init(.different, "another object is there (\(words)); it stays"))
      case .changed: skip(entry.path, .init(.changed, "it changed while it was copied"))
      }
    } catch {
      copy.fail(error, entry.path)
    }
  }

  private func copyOnce(
    _ entry: borrowing ScanEntry, _ name: EntryName, _ directory: SharedDescriptor
  ) throws(CopyFault) -> ObjectCopier.Outcome {
    let source = try open(entry)
    let node = entry.directory
    return try copy.copier.copy(
      source, path: node.path.appending(component: name.bytes), record: entry.attributeValue.array,
      to: directory.value, name)
  }

  /// The directory of the destination that an object belongs in; nil when it could not be made, or the volume was left
  /// out.
  private mutating func fanout(of entry: borrowing ScanEntry) -> SharedDescriptor? {
    if let current, current.node === entry.directory { return current.directory }
    let directory = copy.fanout(entry.directory)
    current = (entry.directory, directory)
    return directory
  }

  /// Opens an entry of the source, if it still is the one that was scanned.
  private func open(_ entry: borrowing ScanEntry) throws(CopyFault) -> OwnedDescriptor {
    let (node, name, status) = (entry.directory, entry.name.array, entry.status)
    return try CopyFault.attempt(.source, "open") { () throws(Errno) in
      guard let name = EntryName(name) else { throw .invalidArgument }
      let file = try node.descriptor().value.open(name, .inspect)
      let now = try file.status()
      guard now.inode == status.inode, now.kind == status.kind else { throw .staleNFSFileHandle }
      return file
    }
  }
}
