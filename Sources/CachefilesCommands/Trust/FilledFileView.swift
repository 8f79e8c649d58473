// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesTrust

/// What came of filling the cache with one file.
struct FilledFileView: Renderable {
  let file: FilledFile

  func write(to json: inout JSONWriter) {
    json.bytes("file", file.path)
    json.text("state", file.state.rawValue)
    if let reason = file.reason { json.text("reason", reason) } else { json.null("reason") }
    json.number("file_bytes", file.fileBytes)
    json.number("missing_bytes", file.missingBytes)
    json.number("read_bytes", file.readBytes)
    json.number("left_bytes", file.leftBytes)
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    let reason = file.reason.map { ": \($0)" } ?? ""
    return ["\(style.warning(file.state.rawValue))  \(EscapedBytes.string(file.path))\(reason)"]
  }
}
