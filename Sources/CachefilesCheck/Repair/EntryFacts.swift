// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// What an entry was like before a repair, as the journal keeps it: an undo touches nothing but what the repair left.
struct EntryFacts: Codable, Equatable {
  /// The file system's own handle of the file, with the generation of the inode: it tells a file from a later one with the
  /// same number where times of birth are not kept. Type, four bytes, and bytes, as `name_to_handle_at(2)` gives them.
  var handle: JournalBytes?
  /// Type and permission bits.
  var mode: UInt16
  var owner: UInt32
  var group: UInt32
  /// The length in bytes.
  var size: UInt64
  /// The last change of the data.
  var modification: Timestamp
  /// The cache attribute; nil when there was none, or when it could not be read.
  var attribute: JournalBytes?
  /// Whether the attribute could be read.
  var knowsAttribute: Bool

  /// What an entry is like that was just looked at.
  init(_ entry: borrowing EntryHandle, _ buffer: AttributeBuffer) {
    self.init(entry, entry.readAttribute(into: buffer), buffer)
  }

  /// The same, where its attribute has just been read.
  init(_ entry: borrowing EntryHandle, _ reading: AttributeReading, _ buffer: AttributeBuffer) {
    let status = entry.status
    (mode, owner, group) = (status.mode, status.owner, status.group)
    (size, modification) = (status.size, status.modification)
    handle = entry.fileHandle.map { JournalBytes($0) }
    knowsAttribute = false
    guard status.kind == .regular || status.kind == .directory else { return }
    switch reading {
    case .value(let count):
      attribute = JournalBytes(buffer.bytes(count).array)
      knowsAttribute = true
    case .absent: knowsAttribute = true
    case .failed, .longer: break
    }
  }

  var isDirectory: Bool { mode >> 12 == FileStatus.Kind.directory.rawValue }

  /// Kinds of facts. Those that the journal's own steps change are compared by those steps.
  struct Kinds: OptionSet {
    let rawValue: Int
    static let access = Kinds(rawValue: 1)
    static let data = Kinds(rawValue: 2)
    static let attribute = Kinds(rawValue: 4)
  }

  /// Whether another look shows the same file, and the same of it.
  func matches(_ now: EntryFacts, besides changed: Kinds = []) -> Bool {
    guard mode >> 12 == now.mode >> 12, isSameFile(now) else { return false }
    if !changed.contains(.access), (mode, owner, group) != (now.mode, now.owner, now.group) { return false }
    if !changed.contains(.attribute), knowsAttribute, now.knowsAttribute, attribute != now.attribute { return false }
    if changed.contains(.data) { return true }
    // The length of a directory is its file system's own affair.
    return modification == now.modification && (isDirectory || size == now.size)
  }

  /// Whether the handles do not say that it is another file.
  func isSameFile(_ now: EntryFacts) -> Bool {
    guard let handle, let other = now.handle else { return true }
    return handle == other
  }
}

extension JournalBytes {
  /// A handle: its type in four bytes, and its bytes.
  init(_ handle: MountedHandle) {
    var bytes: [UInt8] = []
    bytes.append(UInt32(bitPattern: handle.type), .big)
    self.init(bytes + handle.bytes)
  }
}
