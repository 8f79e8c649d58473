// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesUpkeep

/// Pins: what was added, let go, or is there.
struct PinListView: Renderable {
  let root: [UInt8]
  let pins: [Pin]
  /// What was done to them; nil where nothing was.
  let did: String?
  /// What is said where there are none.
  var nothing = "nothing pinned"

  func write(to json: inout JSONWriter) {
    json.root(root)
    json.array("pins") { json in
      for pin in pins {
        json.object { json in
          json.text("kind", pin.kind.rawValue)
          json.bytes("path", pin.path)
          json.number("objects", pin.objects.count)
        }
      }
    }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    if pins.isEmpty { return [nothing] }
    var lines: [String] = []
    for pin in pins {
      let what = did.map { ": \($0)" } ?? ""
      lines.append("\(EscapedBytes.string(pin.path))\(what), \(Quantity.count(pin.objects.count, "object"))")
      guard verbose else { continue }
      for object in pin.objects {
        let file = object.file.isEmpty ? "" : "  " + style.faint(EscapedBytes.string(object.file))
        lines.append("  \(EscapedBytes.string(object.path))\(file)")
      }
    }
    return lines
  }
}
