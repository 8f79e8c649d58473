// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesUpkeep

/// How much of each pin is in the cache.
struct PinStateView: Renderable {
  let root: [UInt8]
  let pins: [Pin]
  let states: [PinState]

  func write(to json: inout JSONWriter) {
    json.bytes("root", root)
    json.array("pins") { json in
      for (pin, state) in zip(pins, states) {
        json.object { json in
          json.text("kind", pin.kind.rawValue)
          json.bytes("path", pin.path)
          json.number("files", state.objects)
          json.number("cached_files", state.cached)
          json.number("disk_bytes", state.bytes)
          json.number("errors", state.errors)
          json.array("missing") { json in
            for object in state.missing {
              json.object { json in
                json.bytes("object", object.path)
                json.bytes("file", object.file)
              }
            }
          }
        }
      }
    }
    json.bool("complete", states.allSatisfy { $0.missing.isEmpty && $0.errors == 0 })
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var lines: [String] = []
    for (pin, state) in zip(pins, states) {
      let part = "\(Quantity.count(state.cached)) of \(Quantity.count(state.objects, "file")) cached"
      let words = state.missing.isEmpty && state.errors == 0 ? style.good(part) : style.warning(part)
      lines.append("\(EscapedBytes.string(pin.path)): \(words), \(Quantity.size(state.bytes))")
      guard verbose else { continue }
      for object in state.missing {
        let name = object.file.isEmpty ? object.path : object.file
        lines.append("  missing  \(EscapedBytes.string(name))")
      }
    }
    return lines
  }
}
