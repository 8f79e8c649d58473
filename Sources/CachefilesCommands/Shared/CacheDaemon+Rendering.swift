// SPDX-License-Identifier: Apache-2.0
import CachefilesStore

extension CacheDaemon {
  /// Writes it as an object `daemon`.
  func write(to json: inout JSONWriter) {
    json.object("daemon") { json in
      json.number("pid", process)
      json.bytes("name", name)
    }
  }
}

extension CacheDaemon? {
  /// Words behind "in use": by whom; empty when that is not known.
  var words: String { map { ", held by \($0)" } ?? "" }
}
