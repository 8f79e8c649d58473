// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import LinuxIO
import Synchronization

/// The volumes of a scan that no kernel uses, with what is in them: the threads of a scan note them as they come across their
/// directories, which is before anything in them.
package final class UnusedVolumes: Sendable {
  private let keys = Guarded<Set<[UInt8]>>([])
  private let hasAny = Atomic<Bool>(false)

  package init() {}

  /// Notes a volume by its key.
  package func add(_ key: [UInt8]) {
    keys.withLock { _ = $0.insert(key) }
    hasAny.store(true, ordering: .releasing)
  }

  /// Notes the volume of a directory that a scan with attributes came across, if no kernel uses it for its record.
  package func judge(_ entry: borrowing ScanEntry) {
    if CopyFilter.objection(toVolume: entry) != nil, let key = VolumeName.key(ofName: entry.name) { add(key) }
  }

  /// Whether the volume that an entry is in is one of them.
  package func contain(_ entry: borrowing ScanEntry) -> Bool {
    guard hasAny.load(ordering: .acquiring), let key = entry.volume?.key else { return false }
    return keys.withLock { $0.contains(key) }
  }
}
