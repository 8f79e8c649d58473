// SPDX-License-Identifier: Apache-2.0
import CachefilesDaemon
import CachefilesFormat

extension MetricsText {
  /// The metrics of the daemon, for the collector of text files.
  init(_ status: DaemonStatus) {
    self.init(.prometheus)
    addState(status)
    addRoom(status)
    addWork(status)
    end()
  }

  /// What it is at.
  private mutating func addState(_ status: DaemonStatus) {
    add("cachefiles_daemon_up", "Whether the daemon holds the cache.", .whole(1))
    add(
      "cachefiles_daemon_start_timestamp_seconds", "When the daemon started.", unit: "seconds",
      .timestamp(status.started))
    add(
      "cachefiles_daemon_written_timestamp_seconds", "When these metrics were written.", unit: "seconds",
      .timestamp(status.written))
    add(
      "cachefiles_daemon_kernel_culling", "Whether the kernel asks for a cull.", .whole(status.isKernelCulling ? 1 : 0))
    add(
      "cachefiles_daemon_obstructed", "Whether something should go and nothing can.",
      .whole(status.hindrance == nil ? 0 : 1))
    add(
      "cachefiles_daemon_limits_not_kept", "Limits of the settings that could not be kept at the last look.",
      .whole(UInt64(status.limitsNotKept.count)))
    add(
      "cachefiles_daemon_activity", "What the daemon does.",
      ["idle", "scanning", "culling", "limits"].map {
        ([("activity", $0)], .whole($0 == status.activity.rawValue ? 1 : 0))
      })
    add(
      "cachefiles_daemon_share_ratio", "The part of the time that culling may take now.", unit: "ratio",
      .fraction(status.share))
    add(
      "cachefiles_daemon_settings_failed", "Whether the settings could not be read again.",
      .whole(status.settingsFailure == nil ? 0 : 1))
  }

  /// What room there is, and what the kernel wants.
  private mutating func addRoom(_ status: DaemonStatus) {
    add(
      "cachefiles_daemon_available_bytes", "Available bytes of the file system.", unit: "bytes",
      .whole(status.availableBytes))
    add("cachefiles_daemon_free_files", "Files that can still be made.", .whole(status.freeFiles))
    add(
      "cachefiles_daemon_limit_bytes", "The kernel's limits of available bytes.", unit: "bytes",
      [("run", status.runBytes), ("cull", status.cullBytes), ("stop", status.stopBytes)].map {
        ([("limit", $0.0)], .whole($0.1))
      })
    add(
      "cachefiles_daemon_limit_files", "The kernel's limits of free files.",
      [("run", status.runFiles), ("cull", status.cullFiles), ("stop", status.stopFiles)].map {
        ([("limit", $0.0)], .whole($0.1))
      })
  }

  /// What it has done.
  private mutating func addWork(_ status: DaemonStatus) {
    add("cachefiles_daemon_culls", "Culls.", kind: .counter, .whole(UInt64(status.culls)))
    add("cachefiles_daemon_culled_objects", "Objects removed.", kind: .counter, .whole(UInt64(status.culledObjects)))
    add(
      "cachefiles_daemon_culled_bytes", "Allocated bytes of them.", kind: .counter, unit: "bytes",
      .whole(status.culledBytes))
    add("cachefiles_daemon_scans", "Scans of the cache for what may go.", kind: .counter, .whole(UInt64(status.scans)))
    add(
      "cachefiles_daemon_failures", "Entries that could not be read or removed.", kind: .counter,
      .whole(UInt64(status.failures)))
    add(
      "cachefiles_daemon_swept_entries", "Entries removed from the graveyard.", kind: .counter,
      .whole(UInt64(status.sweptEntries)))
    add(
      "cachefiles_daemon_graveyard_left", "Entries of the graveyard that cannot be removed.",
      .whole(UInt64(status.graveyardLeft)))
  }
}
