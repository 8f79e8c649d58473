// SPDX-License-Identifier: Apache-2.0

/// Drawings with characters.
enum Bar {
  /// A bar of a share of one, filled from the left.
  static func share(_ share: Double, width: Int) -> String {
    let eighths = Int((max(0, min(1, share)) * Double(width * 8)).rounded())
    let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    let full = eighths / 8
    let text = String(repeating: "█", count: full) + partial[eighths % 8]
    return text + String(repeating: " ", count: width - text.count)
  }

  /// A shade for a count: `·` for none, `░ ▒ ▓ █` for the quarters up to the greatest.
  static func shade(_ count: Int, of most: Int) -> String {
    guard count > 0, most > 0 else { return "·" }
    return ["░", "▒", "▓", "█"][min(3, (count * 4 - 1) / most)]
  }

  /// A map of a file: each place tells how much of its part is covered by runs (`█ ▓ ▒ ░` and `·` for nothing).
  static func map(_ runs: [(offset: UInt64, length: UInt64)], size: UInt64, width: Int) -> String {
    guard size > 0 else { return "" }
    let places = max(1, width)
    var covered = [Double](repeating: 0, count: places)
    let step = Double(size) / Double(places)
    for run in runs where run.offset < size {
      let start = Double(run.offset) / step
      let end = Double(min(size, run.offset + run.length)) / step
      var place = Int(start)
      while place < places, Double(place) < end {
        covered[place] += min(end, Double(place + 1)) - max(start, Double(place))
        place += 1
      }
    }
    return covered.map { share in
      switch share {
      case ..<0.0001: "·"
      case ..<0.34: "░"
      case ..<0.67: "▒"
      case ..<0.9999: "▓"
      default: "█"
      }
    }.joined()
  }
}
