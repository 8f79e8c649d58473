// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// A directory that victims stand in; they share it.
final class VictimDirectory: Sendable {
  /// The directory of the scan.
  let node: DirectoryNode
  /// Its path below the root.
  let path: [UInt8]

  init(_ node: DirectoryNode, path: [UInt8]) {
    self.node = node
    self.path = path
  }
}
