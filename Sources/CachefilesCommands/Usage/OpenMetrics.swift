import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// Metrics in the text format that Prometheus and its node exporter read
/// (https://prometheus.io/docs/specs/om/open_metrics_spec/). Only gauges and counters, which the older text format knows too.
struct OpenMetrics {
  private(set) var text: [UInt8] = []

  /// What a family of metrics measures.
  enum Kind: String {
    case gauge, counter
  }

  /// One value with its labels.
  typealias Sample = (labels: [(name: String, value: String)], value: Value)

  /// A number; whole ones are written out.
  enum Value {
    case whole(UInt64)
    case fraction(Double)
    case timestamp(Timestamp)
  }

  /// Adds a family; nothing without samples.
  mutating func add(_ name: String, _ help: String, kind: Kind = .gauge, unit: String? = nil, _ samples: [Sample]) {
    guard !samples.isEmpty else { return }
    line("# HELP \(name) \(help)")
    line("# TYPE \(name) \(kind.rawValue)")
    if let unit { line("# UNIT \(name) \(unit)") }
    for sample in samples {
      let labels = sample.labels.map { "\($0.name)=\"\(Self.escape($0.value))\"" }.joined(separator: ",")
      let suffix = kind == .counter ? "_total" : ""
      line("\(name)\(suffix)\(labels.isEmpty ? "" : "{\(labels)}") \(Self.number(sample.value))")
    }
  }

  /// Adds a family with one value.
  mutating func add(_ name: String, _ help: String, kind: Kind = .gauge, unit: String? = nil, _ value: Value) {
    add(name, help, kind: kind, unit: unit, [([], value)])
  }

  /// Ends the text.
  mutating func end() { line("# EOF") }

  private mutating func line(_ words: String) {
    text += words.utf8
    text.append(UInt8(ascii: "\n"))
  }

  private static func escape(_ value: String) -> String {
    value.reduce(into: "") { text, character in
      switch character {
      case "\\", "\"": text += "\\\(character)"
      case "\n": text += "\\n"
      default: text.append(character)
      }
    }
  }

  private static func number(_ value: Value) -> String {
    switch value {
    case .whole(let number): return String(number)
    case .fraction(let number): return Quantity.fixed(number, 6)
    case .timestamp(let time):
      let nanoseconds = time.clampedNanoseconds
      let rest = String(nanoseconds.magnitude % 1_000_000_000)
      let zeros = String(repeating: "0", count: 9 - rest.count)
      return "\(nanoseconds < 0 ? "-" : "")\(nanoseconds.magnitude / 1_000_000_000).\(zeros)\(rest)"
    }
  }
}

extension OpenMetrics {
  /// The metrics of a report.
  init(_ report: StatisticsReport) {
    let (statistics, totals) = (report.statistics, report.statistics.totals)
    add("cachefiles_scan_errors", "Entries that could not be read.", .whole(UInt64(report.errors)))
    add(
      "cachefiles_scan_timestamp_seconds", "When the cache was scanned.", unit: "seconds",
      .timestamp(report.questions.now))
    if let isLive = report.liveness.isLive {
      add("cachefiles_live", "Whether a kernel holds the cache.", .whole(isLive ? 1 : 0))
    }
    add("cachefiles_volumes", "Volumes.", .whole(UInt64(report.volumes.count)))
    add(
      "cachefiles_used_bytes", "Allocated bytes of the whole directory, as du counts.", unit: "bytes",
      .whole(totals.diskBytes))
    addVolumes(report)
    add(
      "cachefiles_legacy_objects", "Objects of the layout before Linux 5.17.", .whole(UInt64(statistics.legacy.objects))
    )
    add("cachefiles_graveyard_entries", "Entries of the graveyard.", .whole(UInt64(statistics.graveyard.objects)))
    add(
      "cachefiles_graveyard_bytes", "Allocated bytes in the graveyard.", unit: "bytes",
      .whole(statistics.graveyard.diskBytes))
    add("cachefiles_foreign_entries", "Entries that belong to no cache.", .whole(UInt64(statistics.foreign.objects)))
    if let unreachable = report.unreachable {
      add("cachefiles_unreachable_objects", "Objects that no kernel will ever find.", .whole(UInt64(unreachable)))
    }
    add(
      "cachefiles_encoding_objects", "Objects by encoding of their names.",
      zip(Encodings.names, statistics.schemes).map { ([("encoding", $0)], .whole(UInt64($1))) })
    addClasses(statistics.distributions)
    addFileSystem(report)
    if let kernel = report.kernelStatistics { add(kernel) }
    if let join = report.join { add(join, objects: totals.objects) }
  }

  private mutating func add(_ kernel: KernelStatistics) {
    for (key, value) in KernelSideView.named(kernel) {
      guard let value, value >= 0 else { continue }
      add("cachefiles_kernel_\(key)", "The kernel's count since it started.", kind: .counter, .whole(UInt64(value)))
    }
    if let count = kernel.hitCount {
      add("cachefiles_kernel_hits", "Reads that the cache answered.", kind: .counter, .whole(UInt64(count.hits)))
      add("cachefiles_kernel_misses", "Reads that went to a server.", kind: .counter, .whole(UInt64(count.misses)))
    }
  }

  private mutating func add(_ join: KernelJoin, objects: Int) {
    add("cachefiles_cookies", "Cookies that the kernel has now.", .whole(UInt64(join.cookies)))
    add(
      "cachefiles_cookies_with_object", "Cookies with an object in the directory.",
      .whole(UInt64(join.cookiesWithObject)))
    add(
      "cachefiles_objects_without_cookie", "Objects that the kernel does not use now.",
      .whole(UInt64(max(0, objects - join.cookiesWithObject))))
  }

  private mutating func addVolumes(_ report: StatisticsReport) {
    func samples(_ value: (Tally) -> Value?) -> [Sample] {
      report.volumes.compactMap { volume in
        value(volume.tally).map { value in
          let parsed = NetfsVolume(volumeKey: volume.key.span, byteOrder: .host)
          var labels = [("volume", EscapedBytes.string(volume.key)), ("netfs", volume.type.rawValue)]
          if let server = parsed.server { labels.append(("server", server)) }
          if let export = parsed.export { labels.append(("export", export)) }
          return (labels, value)
        }
      }
    }
    add("cachefiles_objects", "Objects of a volume.", samples { .whole(UInt64($0.objects)) })
    add("cachefiles_disk_bytes", "Allocated bytes of a volume.", unit: "bytes", samples { .whole($0.diskBytes) })
    add("cachefiles_file_bytes", "Lengths of a volume's files.", unit: "bytes", samples { .whole($0.fileBytes) })
    if report.questions.records {
      add(
        "cachefiles_object_bytes", "Lengths of the cached files on their server.", unit: "bytes",
        samples { .whole($0.objectBytes) })
      add(
        "cachefiles_dirty_objects", "Objects that were open for writing.", samples { .whole(UInt64($0.dirtyObjects)) })
    }
    if report.questions.extents {
      add(
        "cachefiles_data_bytes", "Bytes of cached data, without holes.", unit: "bytes", samples { .whole($0.dataBytes) }
      )
      add("cachefiles_extents", "Runs of cached data.", samples { .whole(UInt64($0.extents)) })
    }
    add(
      "cachefiles_newest_access_timestamp_seconds", "The last use of a volume's most recently used object.",
      unit: "seconds", samples { $0.newestAccess.map { .timestamp($0) } })
    add(
      "cachefiles_oldest_access_timestamp_seconds", "The last use of a volume's least recently used object.",
      unit: "seconds", samples { $0.oldestAccess.map { .timestamp($0) } })
  }

  /// Counts up to each limit, as the buckets of a histogram; a gauge, since objects go again.
  private mutating func addClasses(_ distributions: Distributions) {
    func buckets(_ tallies: [Tally], _ limits: [String]) -> [Sample] {
      var sum = 0
      return zip(limits, tallies).map { limit, tally in
        sum += tally.objects
        return ([("le", limit)], .whole(UInt64(sum)))
      }
    }
    add(
      "cachefiles_objects_by_length", "Objects with files of at most so many bytes.",
      buckets(distributions.sizes, SizeClass.limits.map { String($0) } + ["+Inf"]))
    add(
      "cachefiles_objects_by_age", "Objects that were last used at most so many seconds ago.",
      buckets(distributions.ages, AgeClasses.limits.map { String($0) } + ["+Inf"]))
    let balance = FanoutBalance(distributions.fanouts.map(\.objects))
    add(
      "cachefiles_fanout_chi_squared", "Spread over the fanout directories; 255 when even.",
      .fraction(balance.chiSquared))
    add(
      "cachefiles_fanout_objects_max", "Objects in the fullest fanout directory.",
      .whole(UInt64(balance.range.upperBound)))
  }

  private mutating func addFileSystem(_ report: StatisticsReport) {
    guard let status = report.fileSystem else { return }
    let size = status.blockSize
    add(
      "cachefiles_file_system_bytes", "Size of the file system.", unit: "bytes",
      .whole(status.blocks.multipliedClamped(by: size)))
    add(
      "cachefiles_file_system_available_bytes", "Space available.", unit: "bytes",
      .whole(status.availableBlocks.multipliedClamped(by: size))
    )
    add(
      "cachefiles_file_system_files", "Inodes of the file system, 0 where it does not count them.", .whole(status.files)
    )
    add("cachefiles_file_system_free_files", "Free inodes.", .whole(status.freeFiles))
    guard let limits = report.limits else { return }
    add(
      "cachefiles_limit_bytes", "Available space at which culling ends, begins, and caching stops.", unit: "bytes",
      [("brun", limits.brun), ("bcull", limits.bcull), ("bstop", limits.bstop)].map {
        ([("limit", $0.0)], .whole($0.1.multipliedClamped(by: size)))
      })
    add(
      "cachefiles_limit_files", "Free inodes at which culling ends, begins, and caching stops.",
      [("frun", limits.frun), ("fcull", limits.fcull), ("fstop", limits.fstop)].map {
        ([("limit", $0.0)], .whole($0.1))
      })
  }
}
