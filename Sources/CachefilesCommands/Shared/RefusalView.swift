// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// A change that was refused before anything of it was done, for who reads documents; people read the line on stderr.
struct RefusalView: Renderable {
  let root: [UInt8]
  var isDryRun = false
  var isLive = false
  let reason: String

  func write(to json: inout JSONWriter) {
    json.root(root)
    json.bool("dry_run", isDryRun)
    json.bool("live", isLive)
    json.text("refusal", reason)
  }

  func lines(_ style: Style, verbose: Bool) -> [String] { [] }
}
