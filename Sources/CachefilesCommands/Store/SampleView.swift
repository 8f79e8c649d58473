// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesSamples

/// The cache that `sample` wrote.
struct SampleView: Renderable {
  /// What it was made from.
  enum Origin {
    case synthetic(seed: UInt64)
    case capture(CapturedCache)
  }

  let root: [UInt8]
  let origin: Origin
  let objects: Int
  /// The ids of the problems that were put into it.
  let damages: [String]

  func write(to json: inout JSONWriter) {
    json.root(root)
    switch origin {
    case .synthetic(let seed): json.number("seed", seed)
    case .capture(let capture):
      json.text("capture", capture.name)
      json.text("kernel", capture.kernel)
    }
    json.number("objects", objects)
    json.array("damage") { json in for damage in damages { json.text(nil, damage) } }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] { [words] }

  /// One line.
  var words: String {
    let path = EscapedBytes.string(root)
    switch origin {
    case .synthetic(let seed): return "\(path): \(Quantity.count(objects)) synthetic objects, seed \(seed)"
    case .capture(let capture):
      return "\(path): \(objects) objects that Linux \(capture.kernel) cached: \(capture.description)"
    }
  }
}
