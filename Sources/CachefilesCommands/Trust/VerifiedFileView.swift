// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesTrust

/// What came of comparing one file.
struct VerifiedFileView: Renderable {
  let file: VerifiedFile

  func write(to json: inout JSONWriter) {
    json.bytes("file", file.path)
    if let object = file.object {
      json.bytes("entry", object.bytes)
      // The old name of the same.
      json.bytes("object", object.bytes)
    } else {
      json.null("entry")
      json.null("object")
    }
    json.text("state", file.state.rawValue)
    if let reason = file.reason { json.text("reason", reason) } else { json.null("reason") }
    json.number("file_bytes", file.fileBytes)
    json.number("compared_bytes", file.comparedBytes)
    json.number("wrong_bytes", file.wrongBytes)
    json.number("wrong_ranges", file.wrongRanges)
    json.array("ranges") { json in
      for range in file.ranges {
        json.object { json in
          json.number("offset_bytes", range.offset)
          json.number("length_bytes", range.length)
          json.hex("cache", range.cache.span)
          json.hex("server", range.server.span)
        }
      }
    }
    if let removal = file.removal { json.text("removal", removal.rawValue) } else { json.null("removal") }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    let name = EscapedBytes.string(file.path)
    guard file.state == .wrong else {
      let reason = file.reason.map { ": \($0)" } ?? ""
      return ["\(style.warning(file.state.rawValue))  \(name)\(reason)"]
    }
    var line = "\(style.bad("wrong"))  \(name)  \(Self.amount(file.wrongBytes, file.wrongRanges))"
    if let removal = file.removal { line += "; \(Self.words(removal))" }
    return [line] + (verbose ? details(style) : [])
  }

  /// Bytes and runs.
  static func amount(_ bytes: UInt64, _ ranges: Int) -> String {
    let text = Quantity.count(Int(clamping: bytes), "byte")
    return ranges == 1 ? text : "\(text) in \(Quantity.count(ranges)) places"
  }

  private static func words(_ removal: VerifiedFile.Removal) -> String {
    switch removal {
    case .removed: "its object is removed"
    case .inUse: "its object is in use and stays"
    case .changed: "its object is another by now and stays"
    case .failed: "its object could not be removed"
    }
  }

  private func details(_ style: Style) -> [String] {
    var lines = file.object.map { [style.faint("         " + EscapedBytes.string($0.bytes))] } ?? []
    for range in file.ranges {
      let more = range.length > UInt64(range.cache.count) ? "…" : ""
      let place = "at \(range.offset), \(Quantity.count(Int(clamping: range.length), "byte"))"
      lines.append(
        "         \(place): cache \(Hex.string(range.cache))\(more), server \(Hex.string(range.server))\(more)")
    }
    if file.wrongRanges > file.ranges.count {
      lines.append("         and \(Quantity.count(file.wrongRanges - file.ranges.count)) places more")
    }
    return lines
  }
}
