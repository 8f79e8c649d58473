// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// What a report tells as metrics for Prometheus.
///
/// Labels are bounded: a volume is called by its description, which options of a mount do not change, and of very many volumes
/// those that occupy least are one.
struct Metrics {
  var metrics: MetricsText
  let report: StatisticsReport

  /// So many volumes have series of their own.
  static let volumeLimit = 100

  /// The text of a report's metrics: of what is in the cache if it was walked, and unless left out of the kernel's side.
  static func text(_ report: StatisticsReport, _ syntax: MetricsText.Syntax, hasKernel: Bool) -> [UInt8] {
    var metrics = Metrics(metrics: MetricsText(syntax), report: report)
    if hasKernel { metrics.addMachine() }
    if report.questions.walks { metrics.addContent(hasKernel: hasKernel) }
    metrics.metrics.end()
    return metrics.metrics.text
  }

  private mutating func addContent(hasKernel: Bool) {
    let (statistics, totals) = (report.statistics, report.statistics.totals)
    metrics.add("cachefiles_scan_errors", "Entries that could not be read.", .whole(UInt64(report.errors)))
    metrics.add(
      "cachefiles_scan_timestamp_seconds", "When the cache was scanned.", unit: "seconds",
      .timestamp(report.questions.now))
    metrics.add("cachefiles_volumes", "Volumes in the directory.", .whole(UInt64(report.volumes.count)))
    metrics.add(
      "cachefiles_used_bytes", "Allocated bytes of the whole directory, as du counts.", unit: "bytes",
      .whole(totals.diskBytes))
    addVolumes()
    metrics.add(
      "cachefiles_legacy_objects", "Objects of the layout before Linux 5.17.", .whole(UInt64(statistics.legacy.objects))
    )
    metrics.add(
      "cachefiles_graveyard_entries", "Entries of the graveyard.", .whole(UInt64(statistics.graveyard.objects)))
    metrics.add(
      "cachefiles_graveyard_bytes", "Allocated bytes in the graveyard.", unit: "bytes",
      .whole(statistics.graveyard.diskBytes))
    metrics.add(
      "cachefiles_foreign_entries", "Entries that belong to no cache.", .whole(UInt64(statistics.foreign.objects)))
    if let unreachable = report.unreachable {
      metrics.add(
        "cachefiles_unreachable_objects", "Objects that no kernel will ever find.", .whole(UInt64(unreachable)))
    }
    metrics.add(
      "cachefiles_encoding_objects", "Objects by encoding of their names.",
      zip(Encodings.names, statistics.schemes).map { ([("encoding", $0)], .whole(UInt64($1))) })
    addClasses(statistics.distributions)
    if hasKernel, let join = report.join { add(join, objects: totals.objects) }
  }

  private mutating func add(_ join: KernelJoin, objects: Int) {
    metrics.add("cachefiles_cookies", "Cookies that the kernel has now.", .whole(UInt64(join.cookies)))
    metrics.add(
      "cachefiles_cookies_with_object", "Cookies with an object in the directory.",
      .whole(UInt64(join.cookiesWithObject)))
    metrics.add(
      "cachefiles_objects_without_cookie", "Objects that the kernel does not use now.",
      .whole(UInt64(max(0, objects - join.cookiesWithObject))))
  }

  private mutating func addVolumes() {
    let series = Self.series(report)
    func samples(_ value: (Tally) -> MetricsText.Value?) -> [MetricsText.Sample] {
      series.compactMap { labels, tally in value(tally).map { (labels, $0) } }
    }
    metrics.add("cachefiles_objects", "Objects of a volume.", samples { .whole(UInt64($0.objects)) })
    metrics.add(
      "cachefiles_disk_bytes", "Allocated bytes of a volume.", unit: "bytes", samples { .whole($0.diskBytes) })
    metrics.add(
      "cachefiles_file_bytes", "Lengths of a volume's files.", unit: "bytes", samples { .whole($0.fileBytes) })
    if report.questions.records {
      metrics.add(
        "cachefiles_object_bytes", "Lengths of the cached files on their server.", unit: "bytes",
        samples { .whole($0.objectBytes) })
      metrics.add(
        "cachefiles_dirty_objects", "Objects that were open for writing.", samples { .whole(UInt64($0.dirtyObjects)) })
    }
    if report.questions.extents {
      metrics.add(
        "cachefiles_data_bytes", "Bytes of cached data, without holes.", unit: "bytes", samples { .whole($0.dataBytes) }
      )
      metrics.add("cachefiles_extents", "Runs of cached data.", samples { .whole(UInt64($0.extents)) })
    }
    metrics.add(
      "cachefiles_newest_access_timestamp_seconds", "The last use of a volume's most recently used object.",
      unit: "seconds", samples { $0.newestAccess.map { .timestamp($0) } })
    metrics.add(
      "cachefiles_oldest_access_timestamp_seconds", "The last use of a volume's least recently used object.",
      unit: "seconds", samples { $0.oldestAccess.map { .timestamp($0) } })
  }

  /// Counts up to each limit, like the buckets of a histogram; but objects go again, so that they are gauges, and their label
  /// is not the one that belongs to histograms.
  private mutating func addClasses(_ distributions: Distributions) {
    func buckets(_ tallies: [Tally], _ limits: [String]) -> [MetricsText.Sample] {
      var sum = 0
      return zip(limits, tallies).map { limit, tally in
        sum += tally.objects
        return ([("up_to", limit)], .whole(UInt64(sum)))
      }
    }
    metrics.add(
      "cachefiles_objects_by_length", "Objects with files of at most so many bytes.",
      buckets(distributions.sizes, SizeClass.limits.map { String($0) } + ["+Inf"]))
    metrics.add(
      "cachefiles_objects_by_age", "Objects that were last used at most so many seconds ago.",
      buckets(distributions.ages, AgeClasses.limits.map { String($0) } + ["+Inf"]))
    let balance = FanoutBalance(distributions.fanouts.map(\.objects))
    metrics.add(
      "cachefiles_fanout_chi_squared", "Spread over the fanout directories; 255 when even.",
      .fraction(balance.chiSquared))
    metrics.add(
      "cachefiles_fanout_objects_max", "Objects in the fullest fanout directory.",
      .whole(UInt64(balance.range.upperBound)))
  }

  /// The labels of the series of volumes and what each adds up to. Two volumes that differ in options of their mounts alone
  /// are one series.
  private static func series(_ report: StatisticsReport) -> [(labels: [(name: String, value: String)], tally: Tally)] {
    var series: [(labels: [(name: String, value: String)], tally: Tally)] = []
    var places: [String: Int] = [:]
    for volume in report.volumes {
      let parsed = NetfsVolume(volumeKey: volume.key.span, byteOrder: .host)
      let isRest = places[parsed.summary] == nil && places.count >= volumeLimit
      let name = isRest ? "" : parsed.summary
      if let place = places[name] {
        series[place].tally += volume.tally
        continue
      }
      var labels = [("volume", isRest ? "all others" : name), ("netfs", isRest ? "" : volume.type.rawValue)]
      if !isRest, let server = parsed.server { labels.append(("server", server)) }
      if !isRest, let export = parsed.export { labels.append(("export", export)) }
      places[name] = series.count
      series.append((labels, volume.tally))
    }
    return series
  }
}
