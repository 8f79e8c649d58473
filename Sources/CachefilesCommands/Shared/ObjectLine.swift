// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// One object of a listing.
struct ObjectLine: Renderable {
  let item: ObjectListing.Item
  let now: Timestamp

  func write(to json: inout JSONWriter) {
    json.bytes("entry", item.path)
    // The old name of the same.
    json.bytes("path", item.path)
    json.nanoseconds("atime_ns", item.accessTime)
    json.number("disk_bytes", item.diskBytes)
    json.number("file_bytes", item.fileBytes)
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    let age = Quantity.age(item.accessTime, now: now)
    let disk = Quantity.size(item.diskBytes)
    let file = Quantity.size(item.fileBytes)
    return [
      "\(style.faint(age.right(7)))  \(disk.right(9))  \(style.faint(file.right(9)))  \(EscapedBytes.string(item.path))"
    ]
  }
}
