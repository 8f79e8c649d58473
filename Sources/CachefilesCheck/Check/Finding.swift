// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// One problem at one place.
package struct Finding: Sendable {
  /// Which problem.
  package var id: ProblemID
  /// How bad it is, the user's wishes considered.
  package var severity: Severity
  /// The path, from the root's own path on, as bytes.
  package var path: [UInt8]
  /// What was seen, as one line.
  package var message: String
  /// Allocated bytes of what is affected.
  package var diskBytes: UInt64
  /// Whether there is a repair, and why it is withheld where it is.
  package var decision: RepairDecision
  /// Whether it has been mended.
  package var isRepaired = false
  /// The entry as it was seen: a repair is not done to anything else.
  var subject: Subject

  /// What would mend it; nil when nothing does, or when the repair is withheld.
  package var repair: RepairVerb? { decision.offered }

  /// What was seen and, where a repair is withheld, why.
  package var line: String {
    if case .withheld(_, let reason) = decision { return "\(message); \(reason)" }
    return message
  }

  /// The entry that a finding is about.
  struct Subject: Sendable, Equatable {
    /// The path below the root.
    var path: CachePath
    var inode: UInt64
    var mode: UInt16
    var size: UInt64
    var modificationTime: Timestamp
    var changeTime: Timestamp

    init(path: CachePath, _ status: FileStatus) {
      self.path = path
      inode = status.inode
      mode = status.mode
      size = status.size
      modificationTime = status.modification
      changeTime = status.change
    }

    /// Whether it is a directory, which changes its times when repairs work in it.
    var isDirectory: Bool { mode >> 12 == FileStatus.Kind.directory.rawValue }

    /// Whether an entry is still the one that was seen, and as it was: an attribute that was restored, a flag that was
    /// taken away, a file that was written, all change the time of the last change.
    ///
    /// - Parameter time: the time of change that it has to have: the one that was seen, or that the last repair set.
    func matches(_ status: FileStatus, changedAt time: Timestamp) -> Bool {
      guard inode == status.inode, mode >> 12 == status.mode >> 12, status.change == time else { return false }
      return isDirectory || (size == status.size && modificationTime == status.modification)
    }
  }
}
