// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO
import SystemPackage

/// What one thread copied.
struct CopyTally: Sendable {
  var objects = 0
  var bytes: UInt64 = 0
  var dropped: UInt64 = 0
  var made = 0
  var skipped: [CopySkipReason: Int] = [:]
  /// Directories of the source whose times the copies get at the end.
  var directories: [Directory] = []

  /// A directory below the root.
  struct Directory: Sendable {
    var path: [UInt8]
    var times: EntryTimes
  }

  mutating func merge(_ other: consuming CopyTally) {
    objects += other.objects
    bytes += other.bytes
    dropped += other.dropped
    made += other.made
    skipped.merge(other.skipped, uniquingKeysWith: +)
    directories += other.directories
  }
}
