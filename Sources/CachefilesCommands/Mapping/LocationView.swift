// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO

/// Where the object of one file is.
struct LocationView: Renderable {
  let mapping: FileMapping
  /// The cache directory.
  let root: [UInt8]

  private func path(_ place: FileMapping.Place) -> [UInt8] {
    root.appending(component: CachedFileView.path(place.components))
  }

  func write(to json: inout JSONWriter) {
    json.bytes("file", mapping.file.path)
    if let main = mapping.main {
      json.bytes("entry", CachedFileView.path(main.components))
      json.bytes("object", path(main))
      json.bool("exists", main.exists)
      json.bytes("volume", main.volume.key)
      json.hex("key", main.key.span)
    } else {
      json.null("entry")
      json.null("object")
      json.bool("exists", false)
      json.null("volume")
      json.null("key")
    }
    if let reason = mapping.verdict?.reason ?? mapping.uncertainty {
      json.text("reason", reason)
    } else {
      json.null("reason")
    }
    json.array("candidates") { json in
      for place in mapping.places {
        json.object { json in
          json.bytes("entry", CachedFileView.path(place.components))
          json.bytes("object", path(place))
          json.bool("exists", place.exists)
          json.bool("used_by_mount", place.isOwn)
          json.text("origin", place.volume.origin.rawValue)
          json.bytes("volume", place.volume.key)
          json.hex("key", place.key.span)
          json.array("differences") { json in for text in place.volume.differences { json.text(nil, text) } }
        }
      }
    }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    guard let main = mapping.main else { return [] }
    var lines = [line(main, style)]
    guard verbose else { return lines }
    for place in mapping.places where place != main {
      let why = place.volume.differences.isEmpty ? "" : "  (\(place.volume.differences.joined(separator: "; ")))"
      lines.append("  or  " + line(place, style) + style.faint(why))
    }
    return lines
  }

  private func line(_ place: FileMapping.Place, _ style: Style) -> String {
    EscapedBytes.string(path(place)) + (place.exists ? "" : style.faint("  (does not exist)"))
  }
}
