// SPDX-License-Identifier: Apache-2.0
package import LinuxIO

/// What of a file must be the same when it is removed as when it was looked at.
package struct SeenFile: Sendable, Equatable {
  /// The inode number, and the device that it is on.
  package var inode: UInt64
  package var device: UInt64
  /// The length in bytes.
  package var size: UInt64
  /// The last use and the last change of the data.
  package var access: Timestamp
  package var modification: Timestamp

  package init(_ status: FileStatus) {
    inode = status.inode
    device = status.device
    size = status.size
    access = status.access
    modification = status.modification
  }

  /// Whether a regular file is still the one that was seen, unused and unchanged since.
  package func matches(_ status: FileStatus) -> Bool {
    status.kind == .regular && status.inode == inode && status.size == size && status.access == access
      && status.modification == modification
  }
}
