// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Quotas, against a plain computation: in each group of volumes the least recently used go until the rest fits.
@Suite("Quotas")
struct QuotaTests {
  let scratch = ScratchDirectory()

  private func objects() -> [WalkedEntry] {
    NaiveWalk.entries("\(scratch.path)/c").filter { $0.isRegular && $0.components.count == 4 }
  }

  private func make(_ seed: UInt64) throws {
    var state = seed
    func next(_ count: UInt64) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % count)
    }
    try scratch.makeDirectory("c/graveyard")
    for volume in ["9p,one,a", "9p,two,b", "9p,two,c", "afs,cell,20"] {
      for number in 0..<30 {
        let path = try scratch.write(
          "c/cache/I\(volume)/@\(["00", "4e", "ff"][next(3)])/T\(number)",
          [UInt8](repeating: 1, count: 4096 * (1 + next(5))))
        let times = [timespec(tv_sec: 1_600_000_000 + next(40), tv_nsec: 0), timespec(tv_sec: 0, tv_nsec: 0x3fff_fffe)]
        #expect(utimensat(AT_FDCWD, path, times, 0) == 0)
      }
    }
  }

  /// What is left when each quota was kept to, one after another.
  private func expected(_ all: [WalkedEntry], _ quotas: [(prefix: String, size: UInt64)]) -> Set<[UInt8]> {
    var left = all
    for quota in quotas {
      func isIn(_ entry: WalkedEntry) -> Bool { entry.components[1].starts(with: Array("I\(quota.prefix)".utf8)) }
      var size = left.filter(isIn).reduce(0) { $0 + $1.allocated }
      let order = left.filter(isIn).sorted {
        $0.accessTime != $1.accessTime ? $0.accessTime < $1.accessTime : $0.path.lexicographicallyPrecedes($1.path)
      }
      var gone: Set<[UInt8]> = []
      for entry in order where size > quota.size {
        size -= entry.allocated
        gone.insert(entry.path)
      }
      left.removeAll { gone.contains($0.path) }
    }
    return Set(left.map(\.path))
  }

  private func cull(_ arguments: [String]) throws -> CommandResult {
    try Command.cachefiles(["cull", "--quiet", "--include-dirty"] + arguments + ["c"], directory: scratch.path)
  }

  @Test(
    "Each group of volumes is brought to its own size, least recently used first", arguments: 1..<5 as Range<UInt64>)
  func naive(seed: UInt64) throws {
    try make(seed)
    let all = objects()
    let quotas: [(prefix: String, size: UInt64)] = [("9p,one", 100_000), ("9p,two", 150_000), ("9p", 230_000)]
    let arguments = quotas.flatMap { ["--quota", "\($0.prefix)*=\($0.size)B"] }
    let plan = try cull(["-n"] + arguments)
    #expect(plan.status == 0 && objects().count == all.count, "\(plan.errorText)")
    let result = try cull(["--json"] + arguments)
    #expect(result.status == 0, "\(result.errorText)")
    let left = objects()
    #expect(Set(left.map(\.path)) == expected(all, quotas))
    #expect(left.count { $0.components[1].starts(with: Array("Iafs".utf8)) } == 30)
    let document = try JSONValue(parsing: result.output)
    guard case .list(let reports) = document["quotas"] else {
      Issue.record("no list of quotas")
      return
    }
    #expect(reports.map { $0["quota"]?.text } == ["9p,one*", "9p,two*", "9p*"])
    for report in reports {
      if case .bool(true) = report["goal_met"] { continue } else { Issue.record("goal not met") }
    }
    // Nothing to do any more.
    #expect(try cull(arguments).status == 0 && objects().count == left.count)
  }

  @Test("A quota that selects nothing stops before anything goes, and so does a pattern that matches nothing")
  func failClosed() throws {
    try make(9)
    let missing = try cull(["--quota", "9p,one*=0", "--quota", "nosuch=0"])
    #expect(missing.status == 1 && missing.errorText.contains("nosuch") && objects().count == 120)
    // A pattern may match in one of the groups only.
    try scratch.write("patterns", Array("afs,cell,20/*\n9p,two,b/*\n".utf8))
    let quotas = ["--quota", "9p,one*=0", "--quota", "9p,two*=0", "--best-effort"]
    let kept = try cull(quotas + ["--protect", "patterns"])
    #expect(kept.status == 1 && objects().count == 60, "\(kept.errorText)")
    try scratch.write("nothing", Array("9p,nosuch*\n".utf8))
    let stopped = try cull(["--quota", "9p*=0", "--protect", "nothing"])
    #expect(stopped.status == 1 && stopped.errorText.contains("line 1") && objects().count == 60)
    for wrong in ["9p", "=5", "9p=", "9p=x", "9p=100"] {
      #expect(try cull(["--quota", wrong]).status == 64, "\(wrong)")
    }
    #expect(try cull(["--quota", "9p*=1K", "--max-size", "1K"]).status == 64)
  }
}
