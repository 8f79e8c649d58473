// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import LinuxIO
package import SystemPackage

/// What writes the entries of a tree down, in an order in which everything of a directory stands together.
package protocol TreeWriter: Sendable {
  /// Begins a directory. The failure says why nothing of it follows.
  func begin(_ directory: borrowing ScanEntry, failure: Errno?, to text: inout [UInt8])
  /// Adds what is no directory.
  func add(_ entry: borrowing ScanEntry, to text: inout [UInt8])
  /// Ends the directory that was begun last.
  func end(to text: inout [UInt8])
}
