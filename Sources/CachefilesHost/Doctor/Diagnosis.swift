// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// What the doctor makes of an ``Examination``. Pure: the same values give the same answer.
package struct Diagnosis: Sendable {
  /// The directory.
  package let root: [UInt8]
  /// Everything that was looked at, group by group.
  package private(set) var checks: [HealthCheck] = []

  /// How everything stands together.
  package var status: HealthStatus { HealthStatus.worst(of: checks.map(\.status)) }

  let seen: Examination

  /// Judges what was seen.
  ///
  /// - Parameter ignored: symptoms to leave out.
  package init(_ examination: Examination, ignoring ignored: Set<SymptomID> = []) {
    root = examination.root
    seen = examination
    judgeKernel()
    judgeDirectory()
    judgeFileSystem()
    judgeLimits()
    judgeConfiguration()
    judgeMounts()
    judgeLog()
    checks.removeAll { ignored.contains($0.id) }
  }

  /// Adds what was found.
  mutating func add(
    _ id: SymptomID, _ message: String, of subject: [UInt8] = [], advice: String? = nil, status: HealthStatus? = nil
  ) {
    checks.append(HealthCheck(id: id, subject: subject, message: message, ownAdvice: advice, ownStatus: status))
  }

  /// Whether the daemon of this package holds the cache: it is stopped by less than cachefilesd.
  var isOurDaemon: Bool { seen.daemon?.isOfThisPackage == true }

  // MARK: The kernel

  private mutating func judgeKernel() {
    // The tables belong to another module, which is there without this one.
    let hasTables = seen.view.caches != nil || seen.view.statistics != nil || !seen.view.failedFiles.isEmpty
    let hasCache = seen.view.caches?.rows.contains { $0.state != .absent } == true || seen.hasDevice == true
    if seen.hasModule == false || (seen.hasModule == nil && !hasTables && !hasCache) {
      add(.moduleMissing, "the module cachefiles is not loaded")
    } else if seen.hasModule == true || hasCache {
      add(.modulePresent, "the module cachefiles is loaded" + (seen.kernel.map { ", kernel \($0)" } ?? ""))
      if let hasDevice = seen.hasDevice {
        if hasDevice {
          add(.devicePresent, "/dev/cachefiles is there")
        } else {
          add(.deviceMissing, "there is no /dev/cachefiles")
        }
      }
    }
    judgeCaches()
    for volume in seen.view.volumes?.rows ?? [] {
      if !volume.namesCache {
        add(.volumeWithoutCache, "the volume has no cache", of: volume.key)
      } else if volume.isRefused {
        add(.volumeWithoutCache, "the kernel has refused the volume's directory", of: volume.key)
      }
    }
    if let statistics = seen.view.statistics {
      judgeUse(statistics)
      add(.statistics, Self.words(statistics))
    }
    for failure in seen.view.failures {
      add(.unreadable, "cannot \(failure.operation): \(failure.error)", of: failure.path)
    }
    let view = seen.view
    for (name, unread) in [
      ("stats", view.statistics?.unread), ("caches", view.caches?.unread), ("volumes", view.volumes?.unread),
      ("nfsfs/volumes", view.nfsVolumes?.unread), ("mountinfo", view.mounts?.unread),
    ] {
      guard let unread, let first = unread.first.first else { continue }
      add(
        .linesNotUnderstood,
        "\(unread.count) line\(unread.count == 1 ? "" : "s") not understood, the first is \(EscapedBytes.quoted(first))",
        of: Array(name.utf8))
    }
  }

  /// Whether the kernel has a cache, and whether it is this directory.
  private mutating func judgeCaches() {
    if seen.view.failedFiles.contains(.caches) {
      return add(.boundUnproven, "the kernel's table of caches cannot be read", of: root)
    }
    guard let caches = seen.view.caches else { return judgeOldKernel() }
    if caches.rows.isEmpty, caches.unread.count > 0 {
      return add(.boundUnproven, "the kernel's table of caches is not understood", of: root)
    }
    for cache in caches.rows where cache.state != .active && cache.state != .absent {
      let words = "the cache \(EscapedBytes.quoted(cache.name)) is \(cache.state.name)"
      switch cache.state {
      case .stopped: add(.ioError, words)
      case .preparing: add(.beingBound, words)
      default: add(.withdrawn, words)
      }
    }
    let active = caches.rows.filter { $0.state == .active }
    guard let cache = active.first else {
      // A cache in another state was named above.
      if caches.rows.allSatisfy({ $0.state == .absent }) { add(.notBound, "the kernel has no cache") }
      return
    }
    let names = active.map { EscapedBytes.quoted($0.name) }.joined(separator: ", ")
    let words =
      "the cache \(names) is active: \(cache.volumes) volume\(cache.volumes == 1 ? "" : "s"), "
      + "\(cache.objects) open object\(cache.objects == 1 ? "" : "s")"
    if let daemon = seen.daemon, let directory = daemon.directory, daemon.isSameDirectory == false,
      seen.liveness.isLive != true
    {
      return add(
        .boundElsewhere,
        "\(words), bound by \(daemon.words) in \(EscapedBytes.string(directory))", of: root)
    }
    if seen.liveness.isLive == true || seen.daemon?.isSameDirectory == true {
      return add(.bound, "\(words), in this directory" + process, of: root)
    }
    if seen.liveness == .offline { return add(.boundElsewhere, "\(words), but not in this directory", of: root) }
    if let tag = configuredTag, !active.contains(where: { $0.name == tag }) {
      return add(.boundElsewhere, "\(words), but the configuration names it \(EscapedBytes.quoted(tag))", of: root)
    }
    // The saved tables of a machine tell no more than the name.
    if !seen.isRunningKernel, configuredTag != nil {
      return add(.bound, "\(words), as the configuration names it", of: root)
    }
    add(.boundUnproven, words + (seen.isRunningKernel ? "; \(seen.liveness)" : ""), of: root)
  }

  /// Before 5.17 there is no table of caches: who has the device open has bound it.
  private mutating func judgeOldKernel() {
    let isOld = seen.view.statistics?.form == .pages || seen.kernel.map { $0 < KernelRelease(5, 17) } == true
    guard isOld, let daemon = seen.daemon else {
      if isOld, !seen.isRunningKernel || !seen.hasAskedProcesses {
        return add(.boundUnproven, "kernels before 5.17 have no table of caches, and not all processes tell", of: root)
      }
      return add(.notBound, "the kernel has no cache")
    }
    if daemon.isSameDirectory == false {
      return add(
        .boundElsewhere, "\(daemon.words) has bound \(EscapedBytes.string(daemon.directory ?? []))", of: root)
    }
    add(daemon.isSameDirectory == true ? .bound : .boundUnproven, "bound by \(daemon.words)", of: root)
  }

  private var process: String { seen.daemon.map { ", by \($0.words)" } ?? "" }

  /// The name that the configuration gives the cache of this directory; nil when it is about another one.
  private var configuredTag: [UInt8]? {
    guard case .read(let configuration) = seen.configuration, isRootConfigured(configuration) else {
      return nil
    }
    return configuration.tag ?? Array("CacheFiles".utf8)
  }

  /// The numbers that tell whether it is of any use.
  private static func words(_ statistics: KernelStatistics) -> String {
    var parts: [String] = []
    if let hits = statistics.hitCount {
      let tenths = Int((hits.ratio * 1000).rounded())
      parts.append("\(tenths / 10).\(tenths % 10) % of \(hits.hits + hits.misses) reads came from the cache")
    } else if let reads = statistics.cacheReads {
      parts.append("\(reads) reads asked of the cache, hits are not told")
    }
    if let writes = statistics.cacheWrites ?? statistics.stores { parts.append("\(writes) writes to it") }
    if let cookies = statistics.cookies, let volumes = statistics.volumes {
      parts.append("\(cookies) cookies in \(volumes) volumes")
    }
    if let refused = statistics.refusedForSpace { parts.append("\(refused) refused for want of space") }
    if let culled = statistics.culled { parts.append("\(culled) culled") }
    return parts.isEmpty ? "no statistics that are known" : "so far: " + parts.joined(separator: ", ")
  }
}
