// SPDX-License-Identifier: Apache-2.0
import LinuxIO

/// What the file system of a destination does to what is copied to it.
struct DestinationTraits: Sendable {
  /// The bytes of a block.
  var granule: UInt64
  /// The times that it can keep.
  var times: TimeResolution

  /// What it cannot keep, in words that go on from its path; nil when it keeps every time that matters.
  var timeNote: String? {
    var parts: [String] = []
    if times.granularity >= 1_000_000_000 {
      parts.append("whole seconds only")
    } else if times.granularity > 1 {
      parts.append("times in steps of \(times.granularity) ns only")
    }
    // Every file system in use reaches 2038; from 2100 on nobody will miss the rest.
    if times.latest < 4_102_444_800 { parts.append("no time after second \(times.latest) since 1970") }
    return parts.isEmpty
      ? nil : "its file system keeps \(parts.joined(separator: " and ")): other times are rounded down"
  }
}
