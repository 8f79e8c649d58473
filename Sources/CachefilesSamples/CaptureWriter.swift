// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
package import SystemPackage

/// Rebuilds a captured cache: names, modes, lengths, holes, attributes and times as they were. Data bytes are filler.
package enum CaptureWriter {
  /// Writes a capture into a new or empty directory. On failure nothing is left behind.
  ///
  /// - Returns: the number of files.
  /// - Throws: ``SampleFailure``.
  @discardableResult
  package static func write(_ capture: CapturedCache, to path: FilePath) throws(SampleFailure) -> Int {
    let entries: [CapturedEntry]
    do { entries = try capture.entries() } catch {
      preconditionFailure("an embedded capture is not readable: \(error)")
    }
    var directory = try SampleDirectory(path: path)
    var files = 0
    do throws(StoreError) {
      files = try write(entries, below: directory.root, path: directory.path)
    } catch {
      throw error.error == .interrupted ? .interrupted : .failed(error)
    }
    directory.keep()
    return files
  }

  private static func write(
    _ entries: [CapturedEntry], below root: borrowing OwnedDescriptor, path: [UInt8]
  ) throws(StoreError) -> Int {
    var files = 0
    var trail: [(name: EntryName, directory: SharedDescriptor)] = []
    for entry in entries where entry.path != "." {
      if Interruption.signal != nil { throw StoreError(path: path, operation: "write", error: .interrupted) }
      var names = entry.path.utf8.split(separator: UInt8(ascii: "/")).compactMap { EntryName(Array($0)) }
      guard let name = names.popLast() else { continue }
      do throws(Errno) {
        try descend(names, from: root, &trail)
        switch entry.kind {
        case .directory: try make(name, in: trail.last?.directory, or: root, entry)
        case .file:
          files += 1
          if let parent = trail.last?.directory {
            try writeFile(name, in: parent.value, entry)
          } else {
            try writeFile(name, in: root, entry)
          }
        case .symlink, .other: continue
        }
      } catch {
        throw StoreError(path: path.appending(component: Array(entry.path.utf8)), operation: "write", error: error)
      }
    }
    // Directories last and deepest first: writing into them changes their times, and legacy ones have mode 0000.
    for entry in entries.reversed() where entry.kind == .directory && entry.path != "." {
      let names = entry.path.utf8.split(separator: UInt8(ascii: "/")).compactMap { EntryName(Array($0)) }
      do throws(Errno) {
        try descend(names, from: root, &trail)
        guard let directory = trail.last?.directory else { continue }
        try directory.value.setPermissions(entry.permissions)
        try directory.value.setTimes(access: entry.accessTime, modification: entry.modificationTime)
        trail.removeLast()
      } catch {
        throw StoreError(path: path.appending(component: Array(entry.path.utf8)), operation: "finish", error: error)
      }
    }
    return files
  }

  /// Makes the trail of open directories the given one.
  private static func descend(
    _ names: [EntryName], from root: borrowing OwnedDescriptor,
    _ trail: inout [(name: EntryName, directory: SharedDescriptor)]
  ) throws(Errno) {
    var common = 0
    while common < min(names.count, trail.count), names[common] == trail[common].name { common += 1 }
    trail.removeLast(trail.count - common)
    for name in names[common...] {
      if let parent = trail.last?.directory {
        trail.append((name, SharedDescriptor(try parent.value.open(name, .directory))))
      } else {
        trail.append((name, SharedDescriptor(try root.open(name, .directory))))
      }
    }
  }

  private static func make(
    _ name: EntryName, in parent: SharedDescriptor?, or root: borrowing OwnedDescriptor, _ entry: CapturedEntry
  ) throws(Errno) {
    if let parent {
      try make(name, in: parent.value, entry)
    } else {
      try make(name, in: root, entry)
    }
  }

  private static func make(
    _ name: EntryName, in parent: borrowing OwnedDescriptor, _ entry: CapturedEntry
  ) throws(Errno) {
    try parent.makeDirectory(name, permissions: 0o700)
    guard let attribute = entry.attribute else { return }
    let directory = try parent.open(name, .directory)
    try directory.setAttribute(CacheAttribute.name, to: attribute)
  }

  private static func writeFile(
    _ name: EntryName, in parent: borrowing OwnedDescriptor, _ entry: CapturedEntry
  ) throws(Errno) {
    let file = try parent.open(name, .create(permissions: 0o600))
    // Behind the end of the netfs file kernels write zeros.
    let record = entry.attribute ?? []
    var end = Int64.max
    if let view = ObjectRecordView(record.span) { end = Int64(clamping: view.objectSize) }
    for run in entry.data where run.count == 2 {
      try file.fill(offset: run[0], length: min(run[1], entry.size - run[0]), end: end)
    }
    try file.truncate(to: entry.size)
    if let attribute = entry.attribute { try file.setAttribute(CacheAttribute.name, to: attribute) }
    try file.setPermissions(entry.permissions)
    try file.setTimes(access: entry.accessTime, modification: entry.modificationTime)
  }
}

extension OwnedDescriptor {
  /// Writes filler: bytes that are no zeros, so that they are no hole to anybody, up to the end of what is cached, and zeros
  /// behind it.
  func fill(offset: Int64, length: Int64, end: Int64 = .max) throws(Errno) {
    var place = offset
    while place < offset + length {
      let isFiller = place < end
      let limit = isFiller ? min(end, offset + length) : offset + length
      let count = min(limit - place, Int64(Filler.bytes.count))
      try write(isFiller ? Filler.bytes : Filler.zeros, at: place, count: Int(count))
      place += count
    }
  }
}

/// Bytes to fill files with.
private enum Filler {
  static let bytes: [UInt8] = Array(repeating: Array("cached bytes are not part of a capture. ".utf8), count: 6554)
    .flatMap { $0 }
  static let zeros = [UInt8](repeating: 0, count: bytes.count)
}

extension CaptureWriter {
  /// Removes a sample that this program wrote.
  package static func remove(_ path: FilePath) {
    do throws(Errno) {
      let root = try OwnedDescriptor(directory: path)
      for name in [Store.cacheName, Store.graveyardName] { TreeRemover.remove(name, in: root) }
      try OwnedDescriptor.removeDirectory(path: path)
    } catch {
      return
    }
  }
}
