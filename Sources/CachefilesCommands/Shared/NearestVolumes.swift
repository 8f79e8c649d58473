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
        found.append((longestShared(lowercase(pattern), lowercase(Array(text.utf8))), text))
      }
    } catch {
      return ""
    }
    if found.isEmpty { return "; it has no volumes" }
    let near = found.sorted { $0.share != $1.share ? $0.share > $1.share : $0.text < $1.text }.prefix(limit)
    return "; nearest: " + near.map(\.text).joined(separator: ", ")
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
