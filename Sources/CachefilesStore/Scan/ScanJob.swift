// SPDX-License-Identifier: Apache-2.0
import LinuxIO

/// A piece of a scan's work.
enum ScanJob: Sendable {
  /// Read a directory.
  case directory(DirectoryNode)
  /// Look at the entries in a buffer.
  case batch(DirectoryNode, DirectoryBuffer)
}
