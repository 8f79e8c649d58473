// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesUpkeep

/// How much of each pin is in the cache.
struct PinStateView: Renderable {
  let root: [UInt8]
  let pins: [Pin]
  let states: [PinState]

  func write(to json: inout JSONWriter) {
    json.root(root)
    json.array("pins") { json in
      for (pin, state) in zip(pins, states) {
        json.object { json in
          json.text("kind", pin.kind.rawValue)
          json.bytes("path", pin.path)
          json.number("files", state.objects)
          json.number("cached_files", state.cached)
          json.number("partly_cached_files", state.partial.count)
          json.number("disk_bytes", state.bytes)
          json.number("errors", state.errors)
          Self.write("partial", state.partial, &json)
          Self.write("missing", state.missing, &json)
        }
      }
    }
    json.bool("complete", states.allSatisfy(\.isComplete))
  }

  private static func write(_ key: StaticString, _ objects: [Pin.Object], _ json: inout JSONWriter) {
    json.array(key) { json in
      for object in objects {
        json.object { json in
          json.bytes("object", object.path)
          json.bytes("file", object.file)
        }
      }
    }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var lines: [String] = []
    for (pin, state) in zip(pins, states) {
      var part = "\(Quantity.count(state.cached)) of \(Quantity.count(state.objects, "file")) cached"
      if !state.partial.isEmpty { part += ", \(Quantity.count(state.partial.count)) partly" }
      let words = state.isComplete ? style.good(part) : style.warning(part)
      lines.append("\(EscapedBytes.string(pin.path)): \(words), \(Quantity.size(state.bytes))")
      guard verbose else { continue }
      for (word, objects) in [("partly ", state.partial), ("missing", state.missing)] {
        for object in objects {
          lines.append("  \(word)  \(EscapedBytes.string(object.file.isEmpty ? object.path : object.file))")
        }
      }
    }
    return lines
  }
}
