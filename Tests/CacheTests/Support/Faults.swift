// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import Foundation
import LinuxIO
import SystemPackage
import TestSupport

/// Statistics, and the paths that were seen.
struct Witness: ScanVisitor, Sendable {
  var statistics = Statistics(wantsExtents: true, now: Timestamp.now)
  var paths: Set<[UInt8]> = []

  mutating func visit(_ entry: borrowing ScanEntry) {
    statistics.visit(entry)
    paths.insert(entry.path)
  }

  mutating func merge(_ other: consuming Witness) {
    paths.formUnion(other.paths)
    statistics.merge(other.statistics)
  }
}

/// How a scan with all questions asked ended.
enum ScanEnd {
  case refused(OpeningFailure)
  case failed(StoreError)
  case done(Witness, ScanSummary, errors: [StoreError], graveyard: GraveyardPlace)

  /// Opens and scans the cache at a path.
  static func of(_ path: FilePath, threads: Int) -> ScanEnd {
    let reported = Collector<StoreError>()
    do throws(OpeningFailure) {
      let store = try Store(path: path)
      do throws(StoreError) {
        let scanner = try Scanner(store, ScanOptions(threads: threads, attributes: true) { reported.add($0) })
        let (witness, summary) = scanner.run { Witness() }
        return .done(witness, summary, errors: reported.all + witness.statistics.errors, graveyard: store.graveyard)
      } catch {
        return .failed(error)
      }
    } catch {
      return .refused(error)
    }
  }
}

extension FaultPlan {
  /// How many calls of one name (of all names) a piece of code makes when none fails.
  static func count(_ syscall: Syscall?, _ body: () throws -> Void) rethrows -> Int {
    let plan = FaultPlan(failing: syscall, ordinal: .max, with: .ioError)
    try plan.run(body)
    return plan.watched
  }
}

/// Some numbers from 1 to `count`: the first, the last, and others spread between them.
func spread(_ count: Int, atMost number: Int) -> [Int] {
  guard count > number else { return Array(1...max(1, count)) }
  return (0..<number).map { 1 + $0 * (count - 1) / (number - 1) }
}

extension ScratchDirectory {
  /// The descriptors of this process that lead below this directory.
  ///
  /// Other tests run at the same time, so that the number of all descriptors tells nothing.
  var openDescriptors: [String] {
    let links = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return links.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)") }
      .filter { $0.hasPrefix(path) }
  }
}

extension [UInt8] {
  /// Whether the path is this one or leads to something below it.
  func isAtOrBelow(_ other: [UInt8]) -> Bool { self == other || starts(with: other + [UInt8(ascii: "/")]) }
}
