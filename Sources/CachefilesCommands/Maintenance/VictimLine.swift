// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import CachefilesUpkeep
import LinuxIO

/// A victim of a cull.
enum VictimLine {
  static func write(_ item: ObjectListing.Item, root: [UInt8], to shared: SharedOutput) {
    var bytes: [UInt8] = []
    switch shared.output.format {
    case .document: return
    case .lines:
      var json = JSONWriter(pretty: false)
      json.object { json in
        shared.output.head("cull", root: root, to: &json)
        json.bytes("entry", item.path)
        // The old name of the same.
        json.bytes("path", item.path)
        json.nanoseconds("atime_ns", item.accessTime)
        json.number("disk_bytes", item.diskBytes)
      }
      json.end()
      bytes = json.bytes
    case .text:
      let path = EscapedBytes.string(item.path)
      bytes += Terminal.shown(path, isTerminal: shared.output.stream.isTerminal).utf8
      bytes.append(UInt8(ascii: "\n"))
    }
    shared.write(bytes)
  }
}
