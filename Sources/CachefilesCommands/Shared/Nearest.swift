// SPDX-License-Identifier: Apache-2.0

/// The word that was probably meant.
enum Nearest {
  /// The word with the fewest differences from another; nil when none is near: more than a third of its letters differ.
  static func word(to given: String, among words: [String]) -> String? {
    let near = words.map { (distance(given.lowercased(), $0.lowercased()), $0) }.min { ($0.0, $0.1) < ($1.0, $1.1) }
    guard let (count, word) = near, count <= max(1, (max(given.count, word.count) + 1) / 3) else { return nil }
    return word
  }

  /// How many letters must be put in, left out, replaced, or swapped with the next one to make one word of the other.
  static func distance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left.utf8), Array(right.utf8))
    var rows = [Array(0...right.count)]
    for row in 1..<(left.count + 1) where !left.isEmpty {
      var line = [row]
      for column in 1..<(right.count + 1) where !right.isEmpty {
        let isSame = left[row - 1] == right[column - 1]
        var best = min(
          rows[row - 1][column] + 1, line[column - 1] + 1, rows[row - 1][column - 1] + (isSame ? 0 : 1))
        if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
          best = min(best, rows[row - 2][column - 2] + 1)
        }
        line.append(best)
      }
      rows.append(line)
    }
    return rows[left.count][right.count]
  }
}
