// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO

/// One file's answer in JSON, and as lines of its own.
struct CachedFileView: Renderable {
  let file: JudgedFile

  func write(to json: inout JSONWriter) {
    let judgement = file.judgement
    json.bytes("file", file.path)
    if let place = file.mapping.main {
      json.bytes("entry", Self.path(place.components))
      // The old name of the same.
      json.bytes("object", Self.path(place.components))
      json.bytes("volume", place.volume.key)
    } else {
      json.null("entry")
      json.null("object")
      json.null("volume")
    }
    json.number("file_bytes", file.fileBytes)
    json.number("cached_bytes", judgement.cachedBytes)
    json.number("data_bytes", judgement.dataBytes)
    json.decimal("share", file.share)
    json.text("state", judgement.state.rawValue)
    if let reason = judgement.reason { json.text("reason", reason) } else { json.null("reason") }
    json.runs("runs", judgement.runs.map { (offset: $0.lowerBound, length: $0.upperBound - $0.lowerBound) })
    // The old form of the same.
    json.array("extents") { json in
      for run in judgement.runs {
        json.array { json in
          json.number(nil, run.lowerBound)
          json.number(nil, run.upperBound - run.lowerBound)
        }
      }
    }
    json.array("others") { json in for place in file.mapping.others { json.bytes(nil, Self.path(place.components)) } }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    ["\(file.judgement.state.rawValue)  \(EscapedBytes.string(file.path))"]
  }

  /// The path below the cache directory.
  static func path(_ components: [[UInt8]]) -> [UInt8] { Array(components.joined(separator: [UInt8(ascii: "/")])) }
}
