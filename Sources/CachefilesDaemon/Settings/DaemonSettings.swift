// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
package import CachefilesUpkeep
package import LinuxIO
package import SystemPackage

/// What the daemon is told beyond cachefilesd's configuration.
package struct DaemonSettings: Sendable {
  /// An amount of space of a file system.
  package typealias Amount = @Sendable (FileSystemStatus) -> UInt64

  /// A limit of the daemon's own, looked at now and then.
  package struct Limit: Sendable {
    /// What it is called in messages.
    package var name: String
    /// The objects occupy at most so many bytes.
    package var maximumBytes: UInt64?
    /// None of them went unused for longer.
    package var maximumAge: Duration?
    /// Which volumes it is about, by their keys; all without it.
    package var volumes: (@Sendable ([UInt8]) -> Bool)?

    package init(
      name: String, maximumBytes: UInt64? = nil, maximumAge: Duration? = nil,
      volumes: (@Sendable ([UInt8]) -> Bool)? = nil
    ) {
      self.name = name
      self.maximumBytes = maximumBytes
      self.maximumAge = maximumAge
      self.volumes = volumes
    }
  }

  /// So much is to be available whatever the kernel's limits are.
  package var minimumFree: Amount?
  /// A cull goes so much further than it has to.
  package var margin: CullMargin?
  /// The part of the time, of one, that a cull takes while there is room.
  package var cullShare = 0.02
  /// What else the cache is held to.
  package var limits: [Limit] = []
  /// The time between two looks at those limits.
  package var interval = Duration.seconds(3600)
  /// Whether the clock is to be believed where ages are measured.
  package var clock: @Sendable () -> Bool = { SystemClock.isSynchronized }
  /// What is pinned; nil for nothing.
  package var pins: @Sendable (borrowing Store) throws(SettingsFailure) -> PinnedObjects? = { _ in nil }
  /// Where metrics are written; nil for nowhere.
  package var metrics: FilePath?
  /// What is written into the log.
  package var level = DaemonLog.Level.info
  /// Whether the cache is checked, and what poisons it repaired, before it is bound.
  package var checksFirst = false

  /// Where the journal of that check goes.
  package var journal: @Sendable () throws(SettingsFailure) -> FilePath = { () throws(SettingsFailure) -> FilePath in
    throw SettingsFailure("no place for a journal")
  }

  /// The usual settings.
  package init() {}
}
