// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport

/// What one sweep came to.
struct SweepResult {
  var report: SweepReport
  var failures: [StoreError]
}

extension ScratchDirectory {
  /// Sweeps the graveyard of the cache below this directory.
  func sweep(
    _ name: String = "cache-root", threads: Int = 4, change: (inout GraveyardSweeper.Options) -> Void = { _ in }
  ) throws -> SweepResult {
    let failures = Collector<StoreError>()
    var options = GraveyardSweeper.Options(now: Self.now)
    options.threads = threads
    options.onFailure = { failures.add($0) }
    options.isCancelled = { false }
    change(&options)
    let report = try GraveyardSweeper(options).run(Store(path: path(name)))
    return SweepResult(report: report, failures: failures.all)
  }

  /// The names in the graveyard of the cache below this directory, sorted.
  var graves: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/cache-root/graveyard")) ?? []).sorted()
  }

  /// A cache, something outside it, and in its graveyard what nobody would expect there: links that lead out, files with
  /// several names, directories that nobody may enter, special files.
  func makeGraveyard() throws {
    try makeCache(objects: 3)
    try write("outside/secret/file", [1, 2, 3])
    let root = "\(path)/cache-root/graveyard"
    try makeDirectory("cache-root/graveyard/6b00e87700000001/@00/empty")
    try makeDirectory("cache-root/graveyard/6b00e87700000001/@01")
    for number in 0..<5 {
      try write("cache-root/graveyard/6b00e87700000001/@0\(number % 2)/T\(number)", [UInt8](repeating: 7, count: 5000))
    }
    try write("cache-root/graveyard/x1x1x/shared", [UInt8](repeating: 7, count: 5000))
    try FileManager.default.linkItem(atPath: "\(root)/x1x1x/shared", toPath: "\(root)/6b00e87700000001/@01/other")
    for (name, target) in [
      ("link", "\(path)/outside"), ("x1x1x/up", "../../.."), ("x1x1x/dot", "."), ("x1x1x/root", "/"),
      ("6b00e87700000001/@00/file", "\(path)/outside/secret/file"), ("loop", "loop"),
    ] {
      try FileManager.default.createSymbolicLink(atPath: "\(root)/\(name)", withDestinationPath: target)
    }
    mkfifo("\(root)/x1x1x/fifo", 0o600)
    chmod("\(root)/x1x1x", 0)
    chmod("\(root)/6b00e87700000001/@00", 0)
  }

  /// Everything but what is in the graveyard: no sweep may change it.
  func others(_ name: String = "cache-root") throws -> [String] {
    let grave = Array("graveyard".utf8)
    let cache = try snapshot(name).filter { !$0.hasPrefix("graveyard") }
    let outside = NaiveWalk.entries("\(path)/outside").map { "\($0.path) \($0.inode) \($0.links) \($0.changeTime)" }
    let names = NaiveWalk.entries("\(path)/\(name)").filter { $0.path == grave }.map { "\($0.inode) \($0.mode)" }
    return cache + outside + names
  }

  /// The number of entries in the graveyard, and their bytes when each file counts once.
  func measureGraveyard() -> (entries: Int, bytes: UInt64) {
    let entries = NaiveWalk.entries("\(path)/cache-root/graveyard").dropFirst()
    var seen: Set<UInt64> = []
    return (entries.count, entries.reduce(0) { seen.insert($1.inode).inserted ? $0 + $1.allocated : $0 })
  }
}

/// Calls that count themselves: for what a sweep asks between two entries.
final class Steps: Sendable {
  private let seen = Collector<Bool>()
  /// The number of this call, from 1.
  func next() -> Int {
    seen.add(true)
    return seen.all.count
  }
}
