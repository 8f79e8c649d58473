// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import LinuxIO

// What is known without a walk: the kernel's counts, the file system and the limits.
extension Metrics {
  mutating func addMachine() {
    metrics.add(
      "cachefiles_build_info", "The version that wrote this; always 1.",
      [([("version", Version.number + Version.suffix)], .whole(1))])
    if let isLive = report.liveness.isLive {
      metrics.add("cachefiles_live", "Whether a kernel holds the cache.", .whole(isLive ? 1 : 0))
    }
    addFileSystem()
    addCaches()
    if let kernel = report.kernelStatistics { add(kernel) }
  }

  /// The kernel's table of caches. A cache has one of few states: a series for each, of which one is 1.
  private mutating func addCaches() {
    guard let caches = report.caches else { return }
    func samples(_ value: (CacheLine) -> Int) -> [MetricsText.Sample] {
      caches.map { ([("cache", EscapedBytes.string($0.name))], .whole(UInt64(max(0, value($0))))) }
    }
    metrics.add(
      "cachefiles_cache_state", "The state in which the kernel has a cache: 1 for the one that it is in.",
      caches.flatMap { cache in
        CacheLine.State.allCases.map { state in
          (
            [("cache", EscapedBytes.string(cache.name)), ("state", state.name)],
            .whole(cache.state == state ? 1 : 0)
          )
        }
      })
    metrics.add("cachefiles_cache_open_objects", "Objects that the kernel has open.", samples { $0.objects })
    metrics.add("cachefiles_cache_volumes", "Volumes that mounts use.", samples { $0.volumes })
  }

  private mutating func add(_ kernel: KernelStatistics) {
    for (key, value) in KernelSideView.named(kernel) {
      guard let value, value >= 0 else { continue }
      metrics.add(
        "cachefiles_kernel_\(key)", Self.help[key] ?? "", kind: .counter, .whole(UInt64(value)))
    }
    if let count = kernel.hitCount {
      metrics.add(
        "cachefiles_kernel_hits", "Reads that the cache answered.", kind: .counter, .whole(UInt64(count.hits)))
      metrics.add(
        "cachefiles_kernel_misses", "Reads that went to a server.", kind: .counter, .whole(UInt64(count.misses)))
    }
  }

  /// What the kernel's counts count.
  static let help = [
    "cookies_made": "Cookies that the kernel made: files that could be cached.",
    "acquisitions": "Times that a network file system asked for a cookie.",
    "failed_acquisitions": "Times that there was no cookie to be had.",
    "relinquished": "Cookies that a network file system let go of.",
    "retired": "Cookies whose objects were thrown away with them.",
    "invalidated": "Times that an object was emptied, since the file had changed.",
    "refused_for_space": "Times that nothing was stored for want of space.",
    "culled": "Objects that were removed to make room.",
    "cache_reads": "Reads from objects.",
    "cache_writes": "Writes to objects.",
    "downloads": "Reads from servers by file systems that can cache.",
  ]

  private mutating func addFileSystem() {
    guard let status = report.fileSystem else { return }
    let size = status.blockSize
    metrics.add(
      "cachefiles_file_system_bytes", "Size of the file system.", unit: "bytes",
      .whole(status.blocks.multipliedClamped(by: size)))
    metrics.add(
      "cachefiles_file_system_available_bytes", "Space available.", unit: "bytes",
      .whole(status.availableBlocks.multipliedClamped(by: size))
    )
    metrics.add(
      "cachefiles_file_system_files", "Inodes of the file system, 0 where it does not count them.", .whole(status.files)
    )
    metrics.add("cachefiles_file_system_free_files", "Free inodes.", .whole(status.freeFiles))
    guard let limits = report.limits else { return }
    metrics.add(
      "cachefiles_limit_bytes", "Available space at which culling ends, begins, and caching stops.", unit: "bytes",
      [("brun", limits.brun), ("bcull", limits.bcull), ("bstop", limits.bstop)].map {
        ([("limit", $0.0)], .whole($0.1.multipliedClamped(by: size)))
      })
    metrics.add(
      "cachefiles_limit_files", "Free inodes at which culling ends, begins, and caching stops.",
      [("frun", limits.frun), ("fcull", limits.fcull), ("fstop", limits.fstop)].map {
        ([("limit", $0.0)], .whole($0.1))
      })
  }
}
