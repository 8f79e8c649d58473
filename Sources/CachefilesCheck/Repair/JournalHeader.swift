// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// The first line of a journal: which cache it belongs to.
struct JournalHeader: Codable, Equatable {
  /// Names the format; other programs' files are refused.
  var journal: String = Self.format
  /// 2 from the time on when steps have ``JournalStep/facts``; both are read.
  var version = 2
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

  static let format = "cachefiles-toolkit"
}
