// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// What `copy`, `send` and `receive` say alike of what they moved.
struct TransferLines {
  let style: Style

  /// Data that the destination cannot hold as the source does; nothing where there is none.
  func dropped(_ bytes: UInt64) -> [String] {
    guard bytes > 0 else { return [] }
    return [
      style.warning("  \(Quantity.size(bytes)) left uncached: the destination's blocks are larger than the runs")
    ]
  }

  /// The last line.
  ///
  /// - Parameters:
  ///   - done: what was done to the objects.
  ///   - note: said behind the first word.
  func verdict(
    _ path: [UInt8], isComplete: Bool, note: String = "", objects: Int, done: String, bytes: UInt64, errors: Int,
    _ duration: Duration
  ) -> String {
    let word = isComplete ? style.good("complete") : style.bad("incomplete")
    var parts = ["\(Quantity.count(objects, "object")) \(done)", "\(Quantity.size(bytes)) of data"]
    if errors > 0 { parts.append("\(Quantity.count(errors)) failed") }
    return "\(EscapedBytes.string(path)): \(word)\(note): \(parts.joined(separator: ", ")), \(Quantity.span(duration))"
  }
}
