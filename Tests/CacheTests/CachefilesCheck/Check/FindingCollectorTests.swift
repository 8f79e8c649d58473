// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO
import Testing

@testable import CachefilesCheck

@Suite("How findings are gathered")
struct FindingCollectorTests {
  @Test("what was repaired and is found again has not been repaired: it counts as left, and the rounds end")
  func comesBack() {
    var policy = CheckPolicy()
    policy.consent = .all
    let collector = FindingCollector(policy, repairLimit: 10) { _ in }
    let subject = Finding.Subject(path: .graveyard, FileStatus())
    func find() {
      collector.report(.r10, subject, path: Array("graveyard".utf8), message: "", diskBytes: 0, .offered(.setMode))
    }
    find()
    for var finding in collector.takeWaiting().findings {
      finding.isRepaired = true
      collector.record(finding)
    }
    find()
    #expect(collector.takeWaiting().findings.isEmpty)
    let group = collector.groups().first
    #expect(group?.count == 2 && group?.repaired == 1)
    #expect(
      group?.findings.contains { if case .withheld(.setMode, .obstacle) = $0.decision { true } else { false } } == true)
  }

  @Test(
    "of many findings all are counted, and the first by path are kept, in whatever order they come",
    arguments: [1, 7, 4999])
  func keepsTheFirst(step: Int) {
    let collector = FindingCollector(CheckPolicy(), repairLimit: 10) { _ in }
    let count = 5000
    for number in 0..<count {
      // Each number once: the step has no factor in common with their count.
      let path = CachePath(Array("cache/Ivolume/@00/\(number * step % count + count)".utf8))
      collector.report(
        .o20, Finding.Subject(path: path, FileStatus()), path: path.bytes, message: "", diskBytes: 1, .none)
    }
    let group = collector.groups().first
    #expect(group?.count == count && group?.diskBytes == UInt64(count))
    #expect(
      group?.findings.map(\.path)
        == (0..<FindingCollector.keptPerProblem).map { Array("cache/Ivolume/@00/\($0 + count)".utf8) })
  }
}
