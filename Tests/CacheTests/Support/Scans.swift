// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesSamples
import CachefilesStore
import CachefilesSurvey
import Foundation
import LinuxIO
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// What one scan with ``Statistics`` came to.
struct ScanResult {
  var statistics: Statistics
  var summary: ScanSummary
  var failures: [StoreError]

  /// The tallies by volume key: numbers of volumes depend on the order in which threads came across them.
  var byVolume: [[UInt8]: Tally] {
    var tallies: [[UInt8]: Tally] = [:]
    for volume in summary.volumes {
      tallies[volume.key] = volume.index < statistics.volumes.count ? statistics.volumes[volume.index] : Tally()
    }
    return tallies
  }

  /// Everything that must not depend on threads.
  var essence: Essence {
    Essence(
      totals: statistics.totals, volumes: byVolume, legacy: statistics.legacy, graveyard: statistics.graveyard,
      foreign: statistics.foreign, frame: statistics.frame, schemes: statistics.schemes, fanouts: statistics.fanouts)
  }

  struct Essence: Equatable {
    var totals: Tally
    var volumes: [[UInt8]: Tally]
    var legacy, graveyard, foreign, frame: Tally
    var schemes: [Int]
    var fanouts: Int
  }
}

/// Collects what threads report.
final class Collector<Element: Sendable>: Sendable {
  private let elements = Guarded<[Element]>([])
  func add(_ element: Element) { elements.withLock { $0.append(element) } }
  var all: [Element] { elements.withLock { $0 } }
}

extension ScratchDirectory {
  /// Adds up the cache at a path below this directory.
  func scan(
    _ name: String = "cache-root", threads: Int = 4, attributes: Bool = false, extents: Bool = false
  ) throws -> ScanResult {
    let store = try Store(path: path(name))
    let failures = Collector<StoreError>()
    let options = ScanOptions(threads: threads, attributes: attributes) { failures.add($0) }
    let scanner = try Scanner(store, options)
    var (statistics, summary) = scanner.run { Statistics(wantsExtents: extents, now: Timestamp.now) }
    statistics.countSharedFiles()
    return ScanResult(statistics: statistics, summary: summary, failures: failures.all)
  }

  /// Writes a capture below this directory.
  @discardableResult
  func write(capture: String, to name: String = "cache-root") throws -> CapturedCache {
    guard let cache = CapturedCache(named: capture) else { fatalError("no capture \(capture)") }
    try CaptureWriter.write(cache, to: path(name))
    return cache
  }

  /// A cache with one volume, its fanouts, and these objects: key and size of the file.
  func makeCache(_ name: String = "cache-root", volume: String = "9p,p9src,hosttag", objects: Int) throws {
    let root = "\(path)/\(name)"
    try makeDirectory("\(name)/graveyard")
    let key = Array(volume.utf8)
    let hash = KeyHash(volumeKey: key.span)
    try makeDirectory("\(name)/cache/I\(volume)")
    setAttribute("\(root)/cache/I\(volume)", VolumeRecord(coherency: []).bytes)
    for number in 0..<objects {
      var cookie: [UInt8] = []
      withUnsafeBytes(of: UInt64(number + 1).littleEndian) { cookie += Array($0) }
      let fanout = KeyHash(cookieKey: cookie.span, in: hash).fanout.description
      let file = String(decoding: try ObjectName.name(of: cookie), as: UTF8.self)
      try write(
        "\(name)/cache/I\(volume)/\(fanout)/\(file)",
        [UInt8](repeating: 7, count: 4000) + [UInt8](repeating: 0, count: 96))
      setAttribute(
        "\(root)/cache/I\(volume)/\(fanout)/\(file)", ObjectRecord(objectSize: 4000, coherency: [1, 2, 3, 4]).bytes)
    }
  }
}

/// Sets the cache attribute of a file, or another one.
func setAttribute(_ path: String, _ value: [UInt8], name: String = "user.CacheFiles.cache") {
  if !NaiveWalk.setAttribute(path, value, name) { Issue.record("cannot set an attribute of \(path)") }
}

/// Whether the tests run as root.
let isRoot = geteuid() == 0
