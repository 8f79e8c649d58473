// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
package import CachefilesStore
import LinuxIO
import SystemPackage

/// The facts as the running system tells them.
///
/// A file is not opened for that and nothing of it is read: its status, on NFS its handle, on AFS two attributes.
package struct SystemFacts: FileFactSource {
  /// Makes a source.
  package init() {}

  /// What can be asked of one file.
  package func file(_ path: [UInt8], in mounts: MountTable) throws(StoreError) -> ObservedFile {
    do throws(Errno) {
      let file = try MountedFile(path: FilePath(bytes: path))
      let status = try file.status()
      let mount = file.resolvedPath.flatMap { mounts.entry(holding: $0) }
      return ObservedFile(path: path, facts: FileFacts(status, of: file, in: mount?.netfs), mount: mount)
    } catch {
      throw StoreError(path: path, operation: "look at", error: error)
    }
  }
}
