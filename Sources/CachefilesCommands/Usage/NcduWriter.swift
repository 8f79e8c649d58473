// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

/// Writes a cache in the format that `ncdu -f` and `gdu -f` browse: a tree of arrays, a directory first and then what is in
/// it (https://dev.yorhel.nl/ncdu/jsonfmt, version 1.2). Volumes and objects have their decoded names before the raw ones.
struct NcduWriter: TreeWriter {
  /// The time of the export in seconds since 1970.
  let time: Timestamp

  /// The text before the root directory.
  func head() -> [UInt8] {
    var json = JSONWriter(pretty: false)
    json.object { json in
      json.text("progname", "cachefiles-toolkit")
      json.text("progver", Version.number)
      json.number("timestamp", time.seconds)
    }
    return Array("[1,2,".utf8) + json.bytes
  }

  /// The text after it.
  let tail = Array("]\n".utf8)

  func begin(_ directory: borrowing ScanEntry, failure: Errno?, to text: inout [UInt8]) {
    text += ",\n[".utf8
    write(directory, to: &text) { json in
      if directory.isRoot || failure == .improperLink { json.number("dev", directory.status.device) }
      switch failure {
      case nil: break
      case .improperLink?: json.text("excluded", "othfs")
      default: json.bool("read_error", true)
      }
    }
  }

  func add(_ entry: borrowing ScanEntry, to text: inout [UInt8]) {
    text += ",\n".utf8
    write(entry, to: &text) { json in
      if entry.status.kind != .regular { json.bool("notreg", true) }
      if entry.status.links > 1 {
        json.bool("hlnkc", true)
        json.number("nlink", entry.status.links)
      }
    }
  }

  func end(to text: inout [UInt8]) { text.append(UInt8(ascii: "]")) }

  private func write(
    _ entry: borrowing ScanEntry, to text: inout [UInt8], _ more: (inout JSONWriter) -> Void
  ) {
    let (status, name, label) = (entry.status, entry.name.array, Self.label(entry))
    var json = JSONWriter(pretty: false)
    json.object { json in
      json.text("name", label + EscapedBytes.string(name))
      if status.size > 0 { json.number("asize", status.size) }
      if status.blocks > 0 { json.number("dsize", status.allocatedBytes) }
      json.number("ino", status.inode)
      json.number("mtime", status.modification.seconds)
      more(&json)
    }
    text += json.bytes
  }

  /// What the name of a volume or an object says, with blanks behind it; nothing for all else.
  private static func label(_ entry: borrowing ScanEntry) -> String {
    guard let volume = entry.volume else { return "" }
    switch entry.place {
    case .volume:
      // A slash would look like a directory.
      let key = volume.key
      let summary = NetfsVolume(volumeKey: key.span, byteOrder: .host).summary
      return String(summary.map { $0 == "/" ? "∕" : $0 }) + "  "
    case .object where volume.type != .unknown:
      let text = object(named: entry.name.array, volume.type)
      return text.isEmpty ? "" : text + "  "
    default: return ""
    }
  }

  /// The fields that tell one file of a volume from another.
  private static let telling: Set<String> = [
    "inode_number", ByteOrder.host == .little ? "inode_little_endian" : "inode_big_endian", "vnode", "vnode_high",
    "uniquifier", "qid_path", "blob",
  ]

  private static func object(named name: [UInt8], _ type: NetfsType) -> String {
    var key: [UInt8] = []
    do throws(NameFailure) {
      let decoded = try ObjectName.decode(name.span, into: &key)
      let object = NetfsObject(cookieKey: key.span, keyLengths: decoded.lengthRange, in: type, byteOrder: .host)
      guard object.isPossible else { return "" }
      return object.fields.filter { telling.contains($0.name) }.map { "\($0.label) \($0.value.words)" }
        .joined(separator: ", ")
    } catch {
      return ""
    }
  }
}
