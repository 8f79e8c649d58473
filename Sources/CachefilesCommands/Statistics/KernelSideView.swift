// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesSurvey

/// What the kernel has counted and what it uses now. Nothing where it was not asked.
struct KernelSideView {
  let report: StatisticsReport

  func write(to json: inout JSONWriter) {
    guard report.kernelStatistics != nil || report.join != nil else { return }
    json.object("kernel") { json in
      if let statistics = report.kernelStatistics { write(statistics, to: &json) }
      if let join = report.join { write(join, to: &json) }
    }
  }

  private func write(_ statistics: KernelStatistics, to json: inout JSONWriter) {
    if let count = statistics.hitCount {
      json.number("hits", count.hits)
      json.number("misses", count.misses)
      json.decimal("hit_ratio", count.ratio)
    } else {
      json.null("hit_ratio")
    }
    for (key, value) in Self.named(statistics) {
      json.key(key)
      if let value { json.number(nil, value) } else { json.null() }
    }
    json.number("unread_lines", statistics.unread.count)
    json.array("counters") { json in
      for counter in statistics.counters {
        json.object { json in
          json.bytes("section", counter.section)
          json.bytes("key", counter.key)
          json.number("value", counter.value)
        }
      }
    }
  }

  /// The numbers that have one meaning in all kernels that tell them.
  static func named(_ statistics: KernelStatistics) -> [(key: String, value: Int?)] {
    [
      ("cookies_made", statistics.cookiesMade), ("acquisitions", statistics.acquisitions),
      ("failed_acquisitions", statistics.failedAcquisitions), ("relinquished", statistics.relinquished),
      ("retired", statistics.retired), ("invalidated", statistics.invalidated),
      ("refused_for_space", statistics.refusedForSpace), ("culled", statistics.culled),
      ("cache_reads", statistics.cacheReads), ("cache_writes", statistics.cacheWrites),
      ("downloads", statistics.downloads),
    ]
  }

  private func write(_ join: KernelJoin, to json: inout JSONWriter) {
    json.number("cookies", join.cookies)
    json.number("cookies_with_object", join.cookiesWithObject)
    json.number("objects_without_cookie", max(0, objects - join.cookiesWithObject))
    json.array("volumes_in_use") { json in
      for volume in join.volumes {
        json.object { json in
          json.bytes("key", volume.key)
          json.bool("present", volume.isPresent)
          json.number("cookies", volume.cookies)
          json.number("cookies_with_object", volume.cookiesWithObject)
        }
      }
    }
    json.array("missing") { json in for path in join.missing { json.bytes(nil, path) } }
  }

  private var objects: Int { report.statistics.totals.objects }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    guard !facts.isEmpty else { return [] }
    var card = Card("kernel", style)
    for (label, words) in facts { card.add(label, words) }
    if let join = report.join, verbose, !join.missing.isEmpty {
      card.add("missing", "where their objects would be:")
      for path in join.missing { card.go(on: EscapedBytes.string(path)) }
    }
    return [""] + card.lines
  }

  /// Labels and facts.
  var facts: [(String, String)] {
    let statistics = report.kernelStatistics.map(Self.facts) ?? []
    let unread = report.hasUnreadableStatistics ? [("statistics", "the kernel's statistics cannot be read")] : []
    return statistics + unread + (report.join.map(facts) ?? [])
  }

  private static func facts(_ statistics: KernelStatistics) -> [(String, String)] {
    // Text of which nothing is understood is no proof that nothing happened.
    if statistics.counters.isEmpty {
      let first =
        statistics.unread.first.first.map { ": \(EscapedBytes.quoted($0)) is no line of them" } ?? ": they are empty"
      return [("statistics", "the kernel's statistics cannot be read\(first)")]
    }
    var facts: [(String, String)] = []
    if let count = statistics.hitCount {
      facts.append(
        (
          "hit ratio",
          "\(Quantity.percent(count.ratio)): \(Quantity.count(count.hits, "read")) from the cache, "
            + "\(Quantity.count(count.misses)) from the server"
        ))
    } else {
      let words =
        switch statistics.cacheReads ?? statistics.retrievals {
        case 0: "nothing was read from the cache"
        case nil: "not told: the statistics have no line about reads from the cache"
        case let reads?: "this kernel does not tell which of \(Quantity.count(reads, "read")) were hits"
        }
      facts.append(("hit ratio", words))
    }
    if let culled = statistics.culled {
      let refused = statistics.refusedForSpace.map { ", \(Quantity.count($0)) refused for want of space" } ?? ""
      facts.append(("room", "\(Quantity.count(culled, "object")) culled\(refused)"))
    }
    if let made = statistics.cookiesMade {
      facts.append(
        ("cookies", "\(Quantity.count(made)) made, \(Quantity.count(statistics.failedAcquisitions ?? 0)) refused"))
    }
    if let writes = statistics.cacheWrites {
      facts.append(("written", Quantity.count(writes, "write") + " to the cache"))
    }
    return facts
  }

  private func facts(_ join: KernelJoin) -> [(String, String)] {
    let known = join.volumes.filter(\.isPresent).count
    var facts = [
      (
        "in use",
        "\(Quantity.count(known)) of \(Quantity.count(report.volumes.count, "volume")), "
          + "\(Quantity.count(join.cookiesWithObject)) of \(Quantity.count(objects, "object"))"
      )
    ]
    for volume in join.volumes where !volume.isPresent {
      facts.append(("not here", EscapedBytes.string(volume.key)))
    }
    let without = join.cookies - join.cookiesWithObject
    if without > 0 {
      facts.append(
        (
          "no object",
          "\(Quantity.count(without, "cookie")): files in use that are not stored yet, or of which nothing is"
        ))
    }
    let unused = objects - join.cookiesWithObject
    if unused > 0 {
      facts.append(("no cookie", "\(Quantity.count(unused, "object")) that the kernel does not use now"))
    }
    if join.unreadLines > 0 {
      facts.append(("not read", "\(Quantity.count(join.unreadLines, "line")) of the kernel's tables"))
    }
    return facts
  }
}
