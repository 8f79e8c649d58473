// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// The first line of a journal: which cache it belongs to.
struct JournalHeader: Codable, Equatable {
  /// Names the format; other programs' files are refused.
  var journal: String = Self.format
  /// 2 from the time on when steps have ``JournalStep/facts``, 3 when lines have sums (``JournalSum``); all are read.
  var version = 3
  /// The root directory's path as the user gave it, and which directory that was.
  var root: JournalPath
  var device: UInt64
  var inode: UInt64
  /// When the root directory was made, where its file system keeps that.
  var birth: Timestamp?
  /// The file system's handle of the root directory, where it has one.
  var handle: JournalBytes?
  /// When the run began.
  var started: Timestamp

  /// Whether its lines have sums.
  var hasSums: Bool { version >= 3 }

  static let format = "cachefiles-toolkit"
}
