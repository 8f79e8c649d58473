// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesSurvey
import CachefilesUpkeep
package import LinuxIO

/// What the daemon does and has done; its status file, its metrics and `cachefiles daemon status` are made of it.
package struct DaemonStatus: Sendable, Equatable {
  /// What it does now.
  package enum Activity: String, Sendable {
    case idle, scanning, culling, limits
  }

  /// What came of the last cull.
  package struct LastCull: Sendable, Equatable {
    /// When it ended.
    package var ended = Timestamp.distantPast
    package var objects = 0
    package var bytes: UInt64 = 0
    package var inUse = 0
    package var dirty = 0
    package var scans = 0
    package var milliseconds: Int64 = 0
    /// Whether there was room enough at its end.
    package var isReached = false
  }

  package var process = 0
  package var directory: [UInt8] = []
  package var tag: [UInt8] = []
  /// When it started.
  package var started = Timestamp.distantPast
  /// Whether the cache was taken over from an earlier process.
  package var isTakenOver = false
  /// Whether the service manager keeps the device.
  package var isKept = false
  package var activity = Activity.idle
  /// The part of the time that looking for what may go, and removing it, may take now: more, the less room there is.
  package var share = 1.0
  /// Whether the kernel asks for a cull.
  package var isKernelCulling = false
  /// Why nothing goes although something should; nil otherwise.
  package var obstacle: String?
  /// Why the pins cannot be read, so that nothing may go; nil otherwise.
  package var pinsFailure: String?
  /// Whether culls are left to somebody else.
  package var isCullingOff = false
  /// What a limit of the settings waits for; nil otherwise.
  package var waiting: String?
  /// Which limits of the settings could not be kept at the last look, and why.
  package var limitsNotKept: [String: String] = [:]
  /// The kernel's limits, in bytes and files.
  package var runBytes: UInt64 = 0
  package var cullBytes: UInt64 = 0
  package var stopBytes: UInt64 = 0
  package var runFiles: UInt64 = 0
  package var cullFiles: UInt64 = 0
  package var stopFiles: UInt64 = 0
  package var availableBytes: UInt64 = 0
  package var freeFiles: UInt64 = 0
  package var lastCull: LastCull?
  package var culls = 0
  package var culledObjects = 0
  package var culledBytes: UInt64 = 0
  package var failures = 0
  package var scans = 0
  package var remembered = 0
  package var sweptEntries = 0
  package var sweptBytes: UInt64 = 0
  package var graveyardLeft = 0
  /// When the settings were read last.
  package var settingsRead = Timestamp.distantPast
  /// Why the last reading of them failed; nil otherwise.
  package var settingsFailure: String?
  /// When this was written.
  package var written = Timestamp.distantPast

  /// Nothing is known yet.
  package init() {}

  /// Why nothing goes, or would go; nil otherwise.
  package var hindrance: String? { pinsFailure ?? obstacle }

  /// The names and values of the status file, in its order; bytes escaped. Empty ones are left out.
  package var fields: [(name: String, value: String)] {
    var fields: [(String, String)] = [
      ("pid", "\(process)"), ("directory", EscapedBytes.string(directory)), ("tag", EscapedBytes.string(tag)),
      ("started_ns", "\(started.clampedNanoseconds)"), ("written_ns", "\(written.clampedNanoseconds)"),
      ("taken_over", "\(isTakenOver)"),
      ("device_kept", "\(isKept)"), ("activity", activity.rawValue),
      ("share_percent", "\(Int((share * 100).rounded()))"), ("kernel_culling", "\(isKernelCulling)"),
      ("culling_off", "\(isCullingOff)"),
    ]
    if let hindrance { fields.append(("obstacle", hindrance)) }
    if let waiting { fields.append(("waiting", waiting)) }
    if !limitsNotKept.isEmpty {
      let limits = limitsNotKept.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
      fields.append(("limits_not_kept", limits.joined(separator: "; ")))
    }
    fields += [
      ("available_bytes", "\(availableBytes)"), ("run_bytes", "\(runBytes)"), ("cull_bytes", "\(cullBytes)"),
      ("stop_bytes", "\(stopBytes)"), ("free_files", "\(freeFiles)"), ("run_files", "\(runFiles)"),
      ("cull_files", "\(cullFiles)"), ("stop_files", "\(stopFiles)"), ("culls", "\(culls)"),
      ("culled_objects", "\(culledObjects)"), ("culled_bytes", "\(culledBytes)"), ("failures", "\(failures)"),
      ("scans", "\(scans)"), ("remembered_objects", "\(remembered)"), ("swept_entries", "\(sweptEntries)"),
      ("swept_bytes", "\(sweptBytes)"), ("graveyard_left", "\(graveyardLeft)"),
      ("settings_read_ns", "\(settingsRead.clampedNanoseconds)"),
    ]
    if let settingsFailure { fields.append(("settings_failure", settingsFailure)) }
    if let last = lastCull {
      fields += [
        ("last_cull_ended_ns", "\(last.ended.clampedNanoseconds)"), ("last_cull_objects", "\(last.objects)"),
        ("last_cull_bytes", "\(last.bytes)"), ("last_cull_in_use", "\(last.inUse)"),
        ("last_cull_dirty", "\(last.dirty)"), ("last_cull_scans", "\(last.scans)"),
        ("last_cull_ms", "\(last.milliseconds)"), ("last_cull_reached", "\(last.isReached)"),
      ]
    }
    return fields
  }

  /// The status file: a name, a blank and a value on each line.
  package var text: [UInt8] { Array(fields.map { "\($0.name) \($0.value)\n" }.joined().utf8) }

  /// The names and values of a status file.
  package static func fields(of text: [UInt8]) -> [String: String] {
    var fields: [String: String] = [:]
    for line in text.split(separator: 10) {
      guard let blank = line.firstIndex(of: 32) else { continue }
      fields[String(decoding: line[..<blank], as: UTF8.self)] = String(
        decoding: line[line.index(after: blank)...], as: UTF8.self)
    }
    return fields
  }
}
