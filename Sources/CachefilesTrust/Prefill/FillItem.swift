// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost

/// One file that is to be read in, and what of it is missing.
struct FillItem: Sendable, Equatable {
  /// Where its mount is.
  var mountPoint: [UInt8]
  var path: [UInt8]
  var size: UInt64
  /// What is missing: offsets in the file, in order.
  var missing: [Range<UInt64>]
  /// Whether it has no object that the kernel would use.
  var isNew: Bool

  /// How many bytes are missing.
  var bytes: UInt64 { missing.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) } }
}

extension FillItem {
  /// What a judgement leaves to be read; nil for what is cached whole, or not to be read.
  init?(_ file: JudgedFile) {
    let judgement = file.judgement
    switch judgement.state {
    case .partial, .empty:
      missing = Self.gaps(judgement.runs, size: file.fileBytes)
      isNew = false
    case .absent where file.mapping.verdict == nil,
      .stale,
      .dirty where !judgement.isInUse:
      // An object that a crash left dirty the kernel replaces at the next open.
      missing = [0..<file.fileBytes]
      isNew = true
    case .cached, .absent, .dirty, .unknown: return nil
    }
    mountPoint = file.mapping.file.mount?.mountPoint ?? []
    path = file.path
    size = file.fileBytes
  }

  /// Whether one comes before another: by mount and path.
  static func precedes(_ left: FillItem, _ right: FillItem) -> Bool {
    left.mountPoint == right.mountPoint
      ? left.path.lexicographicallyPrecedes(right.path) : left.mountPoint.lexicographicallyPrecedes(right.mountPoint)
  }

  /// What lies between runs of data.
  static func gaps(_ runs: [Range<UInt64>], size: UInt64) -> [Range<UInt64>] {
    var gaps: [Range<UInt64>] = []
    var end: UInt64 = 0
    for run in runs {
      if run.lowerBound > end { gaps.append(end..<min(size, run.lowerBound)) }
      end = max(end, run.upperBound)
    }
    if end < size { gaps.append(end..<size) }
    return gaps
  }
}
