// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
package import LinuxIO

/// The figures of one run that a history keeps: what a forecast is made from.
package struct HistoryRecord: Sendable, Equatable {
  /// What can be used of something, and where the kernel's limits lie.
  package struct Room: Sendable, Equatable {
    /// All there is: bytes of the file system, or files, 0 where these are not limited.
    package var total: UInt64
    /// What is available: `f_bavail` in bytes, or `f_ffree`.
    package var available: UInt64
    /// Culling ends when so much is available.
    package var run: UInt64
    /// Culling begins when less is available.
    package var cull: UInt64

    /// Makes one from its parts.
    package init(total: UInt64, available: UInt64, run: UInt64, cull: UInt64) {
      self.total = total
      self.available = available
      self.run = run
      self.cull = cull
    }
  }

  /// The bytes of what was used in the last days.
  package struct Use: Sendable, Equatable {
    /// How many days.
    package var days: Int
    /// Allocated bytes of the objects whose last use lies within them.
    package var bytes: UInt64

    /// Makes one from its parts.
    package init(days: Int, bytes: UInt64) {
      self.days = days
      self.bytes = bytes
    }
  }

  /// The spans of days that a record tells the use of.
  package static let spans = [1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 270, 365]

  /// The machine's name, escaped where it was read; empty where it is not known.
  package var host: [UInt8] = []
  /// The cache directory, as given.
  package var root: [UInt8]
  /// When the run began.
  package var time: Timestamp
  /// How many objects there were.
  package var objects: Int
  /// Allocated bytes, directories included.
  package var diskBytes: UInt64
  /// Blocks of the file system, in bytes; nil where they could not be told.
  package var space: Room?
  /// Files of the file system.
  package var files: Room?
  /// Whether access times move: not with `noatime`, and then nothing is known of use.
  package var hasAccessTimes: Bool
  /// Objects that the kernel had culled since its modules were loaded; nil where it does not tell.
  package var culled: Int?
  /// Requests that the kernel had refused for want of space; nil where it does not tell.
  package var refused: Int?
  /// All objects but one in a hundred were used at this moment or later; nil without objects.
  /// Culling takes the least recently used ones, so that what was used since is there.
  package var heldSince: Timestamp?
  /// What was used in the last days, for ``spans``.
  package var use: [Use]
  /// Entries that could not be read: the figures lack them.
  package var errors: Int

  /// Makes one from its parts.
  package init(
    root: [UInt8], time: Timestamp, objects: Int, diskBytes: UInt64, space: Room?, files: Room?, hasAccessTimes: Bool,
    culled: Int?, refused: Int?, heldSince: Timestamp?, use: [Use], errors: Int
  ) {
    self.root = root
    self.time = time
    self.objects = objects
    self.diskBytes = diskBytes
    self.space = space
    self.files = files
    self.hasAccessTimes = hasAccessTimes
    self.culled = culled
    self.refused = refused
    self.heldSince = heldSince
    self.use = use
    self.errors = errors
  }

  /// Days of use that the cache held for certain.
  package var daysHeld: Double {
    guard hasAccessTimes, errors == 0, let heldSince else { return 0 }
    return max(0, time.days(since: heldSince))
  }
}
