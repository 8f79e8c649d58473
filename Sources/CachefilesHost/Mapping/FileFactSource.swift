// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
package import CachefilesStore
import LinuxIO
import SystemPackage

/// Where the facts of files come from: the system, or a record of what it once said.
package protocol FileFactSource: Sendable {
  /// What can be asked of one file. Symbolic links are followed.
  ///
  /// - Throws: ``StoreError`` when it does not exist or its server refuses.
  func file(_ path: [UInt8], in mounts: MountTable) throws(StoreError) -> ObservedFile

  /// Calls a closure for each regular file below a directory, on the same mount, from several threads.
  ///
  /// - Parameters:
  ///   - path: the directory.
  ///   - mounts: the mounts of this process.
  ///   - walk: is asked whether to go on, and told of failures.
  ///   - body: gets the number of the thread and the file.
  func forEachFile(
    below path: [UInt8], in mounts: MountTable, _ walk: TreeWalk,
    _ body: @escaping @Sendable (Int, ObservedFile) -> Void)

  /// The path of the file that has a handle, on the file system of a directory; nil when the system knows none, or the
  /// path does not lead to the file.
  func path(of handle: FileFacts.Handle, on directory: [UInt8]) -> [UInt8]?
}
