// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
package import CachefilesStore
import LinuxIO
package import SystemPackage

/// Facts that were written down, for tests: what real kernels told of files on mounts that this machine does not have.
///
/// One fact a line, a word and its value; `file` begins the next file. A path is escaped as everywhere.
///
/// ```
/// file /mnt/n3/f1
/// device 0:53
/// inode 12
/// size 6
/// modified 1795224807.219000000
/// changed 1795224807.219000000
/// created 1795224807.022002100
/// handle 8 000000000c00000000800000100001000101000000000c0000006dac40df0000
/// handle-failed Value too large for defined data type
/// afs.fid 20000009:2:3
/// afs.cell test.local
/// type 4
/// ```
package struct RecordedFacts: FileFactSource {
  private var files: [[UInt8]: FileFacts] = [:]
  private var order: [[UInt8]] = []
  /// Paths below which nothing ever answers: `hangs`.
  private var dead: [[UInt8]] = []

  /// Reads a record.
  ///
  /// - Throws: ``StoreError`` when the file cannot be read, or a line is not understood.
  package init(_ path: FilePath) throws(StoreError) {
    let text: [UInt8]
    do throws(Errno) { text = try UserFile.read(path, limit: 64 << 20) } catch {
      throw StoreError(path: path.bytes, operation: "read", error: error)
    }
    for (number, line) in text.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
      if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
      let word = line.prefix { $0 != 32 }
      let value = Array(line.dropFirst(word.count + 1))
      guard add(String(decoding: word, as: UTF8.self), value) else {
        throw StoreError(
          path: path.bytes, operation: "understand line \(number + 1) of the facts", error: .invalidArgument)
      }
    }
  }

  private mutating func add(_ word: String, _ value: [UInt8]) -> Bool {
    if word == "file" || word == "hangs" {
      let path = EscapedBytes.unescape(value.span)
      if word == "hangs" {
        dead.append(path)
        return true
      }
      order.append(path)
      files[path] = FileFacts(
        fileType: FileFacts.regular, device: MountDevice(major: 0, minor: 0), inode: 0, size: 0,
        modified: .init(seconds: 0, nanoseconds: 0), changed: .init(seconds: 0, nanoseconds: 0))
      return true
    }
    guard let path = order.last, var facts = files[path] else { return false }
    let text = String(decoding: value, as: UTF8.self)
    switch word {
    case "type": facts.fileType = UInt8(text) ?? facts.fileType
    case "device":
      let halves = text.split(separator: ":").compactMap { UInt32($0) }
      guard halves.count == 2 else { return false }
      facts.device = MountDevice(major: halves[0], minor: halves[1])
    case "inode", "size":
      guard let number = UInt64(text) else { return false }
      if word == "inode" { facts.inode = number } else { facts.size = number }
    case "modified", "changed", "created":
      guard let moment = Self.moment(text) else { return false }
      switch word {
      case "modified": facts.modified = moment
      case "changed": facts.changed = moment
      default: facts.created = moment
      }
    case "handle":
      let parts = text.split(separator: " ")
      guard parts.count == 2, let type = Int32(parts[0]), let bytes = try? Hex.bytes(Array(parts[1].utf8).span) else {
        return false
      }
      facts.handle = .value(type: type, bytes: bytes)
    case "handle-failed": facts.handle = .failed(text)
    case "afs.fid": facts.afsFile = .value(value)
    case "afs.cell": facts.afsCell = .value(value)
    default: return false
    }
    files[path] = facts
    return true
  }

  /// Seconds and nine digits of nanoseconds.
  private static func moment(_ text: String) -> FileFacts.Moment? {
    let parts = text.split(separator: ".")
    guard parts.count == 2, let seconds = Int64(parts[0]), parts[1].utf8.count == 9, let nanoseconds = UInt32(parts[1])
    else { return nil }
    return FileFacts.Moment(seconds: seconds, nanoseconds: nanoseconds)
  }

  private func waitIfDead(_ path: [UInt8]) {
    let slash = UInt8(ascii: "/")
    while dead.contains(where: { path == $0 || path.starts(with: $0 + [slash]) }) { Pause.microseconds(1_000_000) }
  }

  /// The facts of one file.
  package func file(_ path: [UInt8], in mounts: MountTable) throws(StoreError) -> ObservedFile {
    waitIfDead(path)
    guard let facts = files[path] else {
      throw StoreError(path: path, operation: "look at", error: .noSuchFileOrDirectory)
    }
    return ObservedFile(path: path, facts: facts, mount: mounts.entry(holding: path))
  }

  /// The files below a directory, in the order of the record, one after another.
  package func forEachFile(
    below path: [UInt8], in mounts: MountTable, _ walk: TreeWalk,
    _ body: @escaping @Sendable (Int, ObservedFile) -> Void
  ) {
    let start = path.appending(component: [])
    for file in order where file.starts(with: start) {
      if walk.isEnded() { return }
      waitIfDead(file)
      guard let facts = files[file], facts.fileType == FileFacts.regular else { continue }
      if !walk.isRecursive, file[start.count...].contains(UInt8(ascii: "/")) { continue }
      walk.step()
      body(0, ObservedFile(path: file, facts: facts, mount: mounts.entry(holding: file)))
    }
  }

  /// Nothing: a record knows no handles but those of its files.
  package func path(of handle: FileFacts.Handle, on directory: [UInt8]) -> [UInt8]? { nil }
}
