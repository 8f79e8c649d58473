// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// Why something was not copied.
package enum CopySkipReason: String, Sendable, CaseIterable {
  /// The destination has the same object: size, modification time, attribute and runs of data.
  case present = "already_there"
  /// The destination has something else of that name, which stays.
  case different
  /// It changed while it was copied, twice.
  case changed
  /// It is marked dirty and dirty objects were not asked for.
  case dirty
  /// No kernel would use it: no regular file, no readable record, a name that stands for nothing.
  case unsound
  /// The volume that it is in was left out.
  case volume
  /// It is no part of a cache.
  case foreign
}
