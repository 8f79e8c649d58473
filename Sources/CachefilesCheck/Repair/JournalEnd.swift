// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// The last line of a journal whose run came to its end.
struct JournalEnd: Codable, Equatable {
  /// The entries of steps that failed, and may have been made half.
  var incomplete: [CachePath]
}
