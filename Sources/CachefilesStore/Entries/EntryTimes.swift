// SPDX-License-Identifier: Apache-2.0
package import LinuxIO
package import SystemPackage

/// Access and modification time of an entry.
package struct EntryTimes: Codable, Equatable, Sendable {
  package var access: Timestamp
  package var modification: Timestamp

  package init(access: Timestamp, modification: Timestamp) {
    self.access = access
    self.modification = modification
  }

  /// Those of a status.
  package init(_ status: FileStatus) { self.init(access: status.access, modification: status.modification) }

  /// What a file system keeps of them.
  package func kept(by resolution: TimeResolution) -> EntryTimes {
    EntryTimes(access: resolution.kept(access), modification: resolution.kept(modification))
  }
}

extension OwnedDescriptor {
  /// Sets access and modification time.
  ///
  /// - Throws: what `utimensat(2)` says.
  package func setTimes(_ times: EntryTimes) throws(Errno) {
    try setTimes(access: times.access, modification: times.modification)
  }
}
