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
}
