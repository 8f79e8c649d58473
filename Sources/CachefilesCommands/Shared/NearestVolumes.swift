// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore

/// The volumes whose descriptions come nearest to a pattern that matched none.
enum NearestVolumes {
  /// So many are named.
  private static let limit = 3

  /// Words for the end of a line: `; nearest: NFS 3 192.168.0.31, …`, or what there is none of.
  static func words(to pattern: [UInt8], in store: borrowing Store) -> String {
    var found: [(share: Int, text: String)] = []
    do throws(StoreError) {
      try store.forEachCacheEntry { name, _ in
        guard let key = VolumeName.key(ofName: name) else { return }
        let text = VolumeDescription(key).text
        found.append((likeness(lowercase(pattern), text), text))
      }
    } catch {
      return ""
    }
    if found.isEmpty { return "; it has no volumes" }
    let isNear = found.contains { $0.share >= least }
    let near = found.sorted { $0.share != $1.share ? $0.share > $1.share : $0.text < $1.text }.prefix(limit)
    let list = near.map(\.text).joined(separator: ", ")
    return isNear ? "; nearest: \(list)" : "; it has \(list)" + (found.count > limit ? " and others" : "")
  }

  /// With less than that in common, a volume is not called near.
  private static let least = 3

  /// How much a pattern and a volume have in common: more than that where one of its words was probably meant.
  private static func likeness(_ pattern: [UInt8], _ text: String) -> Int {
    let shared = longestShared(pattern, lowercase(Array(text.utf8)))
    let words = text.split(separator: " ").map(String.init)
    let word = Nearest.word(to: String(decoding: pattern, as: UTF8.self), among: words)
    return word == nil ? shared : shared + 255
  }

  private static func lowercase(_ text: [UInt8]) -> [UInt8] {
    text.filter { $0 != UInt8(ascii: "*") }.map { (65...90).contains($0) ? $0 + 32 : $0 }
  }

  /// The length of the longest run of bytes that both have.
  private static func longestShared(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var best = 0
    var row = [Int](repeating: 0, count: right.count + 1)
    for byte in left {
      var diagonal = 0
      for index in right.indices {
        let above = row[index + 1]
        row[index + 1] = byte == right[index] ? diagonal + 1 : 0
        best = max(best, row[index + 1])
        diagonal = above
      }
    }
    return best
  }
}
