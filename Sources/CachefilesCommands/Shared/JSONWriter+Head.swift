// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO

extension JSONWriter {
  /// How a document on one line begins whose list is written piece by piece; `]}` ends it.
  static func head(of command: String, list: String) -> [UInt8] {
    var json = JSONWriter(pretty: false)
    json.object { json in
      json.text("schema", "cachefiles.\(command)/1")
      json.bytes("host", MachineName.current)
    }
    return json.bytes.dropLast() + Array(",\"\(list)\":[".utf8)
  }
}
