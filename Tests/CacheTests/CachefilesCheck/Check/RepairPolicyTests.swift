// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import LinuxIO
import TestSupport
import Testing

@testable import CachefilesCheck
@testable import CachefilesStore

/// Which repairs are offered, and why others are withheld: from facts alone.
@Suite("Repairs that are withheld")
struct RepairPolicyTests {
  private func policy(_ consent: CheckPolicy.Consent, clockBehind: Bool = false, isLive: Bool = false) -> RepairPolicy {
    var policy = CheckPolicy()
    policy.consent = consent
    var context = CheckContext(kernel: KernelRelease(6, 12), now: 0, isLive: isLive)
    context.isClockBehind = clockBehind
    return RepairPolicy(policy: policy, context: context)
  }

  @Test("for every problem of an object: what is not surely clean is moved, cut or rewritten with consent only")
  func dirty() {
    for id in ProblemID.allCases {
      let kind = ProblemKind.of(id)
      for (dirtiness, reason) in [(Dirtiness.dirty, WithholdingReason.dirty), (.cannotTell, .mayBeDirty)] {
        for consent in [CheckPolicy.Consent.none, .safe, .all] {
          let decision = policy(consent).decide(id, object: dirtiness, links: 1)
          switch kind.repair {
          case nil: #expect(decision == .none)
          case let verb? where verb.keepsContent || kind.consent == .dirty: #expect(decision == .offered(verb))
          case let verb?: #expect(decision == .withheld(verb, reason))
          }
        }
        let consented = policy(.allAndDirty).decide(id, object: dirtiness, links: 1)
        #expect(consented == (kind.repair.map { .offered($0) } ?? .none))
      }
      #expect(policy(.none).decide(id, object: .clean, links: 1) == policy(.none).decide(id))
    }
  }

  @Test("a file with other names is not cut, whatever was consented to")
  func otherNames() {
    for consent in [CheckPolicy.Consent.none, .all, .allAndDirty] {
      #expect(policy(consent).decide(.o16, object: .clean, links: 2) == .withheld(.truncate, .otherNames(2)))
      #expect(policy(consent).decide(.o16, object: .clean, links: 1) == .offered(.truncate))
    }
  }

  @Test("a clock that is behind the file system's own times resets no last use")
  func clock() {
    #expect(
      policy(.all, clockBehind: true).decide(.o24, object: .clean, links: 1)
        == .withheld(.resetAccessTime, .clockBehind))
    #expect(policy(.all).decide(.o24, object: .clean, links: 1) == .offered(.resetAccessTime))
  }

  @Test("a volume is not buried on a part of what is in it, nor with dirty objects")
  func volumes() {
    let decide = { (consent: CheckPolicy.Consent, dirty: Int, isIncomplete: Bool) in
      self.policy(consent).decide(.v05, volume: .cifs, dirty: dirty, isIncomplete: isIncomplete)
    }
    #expect(decide(.all, 0, false) == .offered(.bury))
    #expect(decide(.all, 3, false) == .withheld(.bury, .dirtyObjects(3)))
    #expect(decide(.allAndDirty, 3, false) == .offered(.bury))
    #expect(decide(.allAndDirty, 0, true) == .withheld(.bury, .notAllSeen))
  }

  @Test("every reason has a word of its own and one line")
  func words() {
    let reasons: [WithholdingReason] = [
      .dirty, .mayBeDirty, .dirtyObjects(2), .notAllSeen, .otherNames(2), .clockBehind, .obstacle("x"),
    ]
    #expect(Set(reasons.map(\.word)).count == reasons.count)
    #expect(reasons.allSatisfy { !$0.description.isEmpty && !$0.description.contains("\n") })
  }

  @Test("with the clock in 1970 a repair leaves all times of use, and says why", .enabled(if: isRoot))
  func in1970() throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged([])
    let before = try scratch.snapshot()
    let result = try scratch.check("cache-root", .all) { $0.now = 1_000_000_000 }
    let ahead = result.findings.filter { $0.id == .o24 }
    #expect(ahead.count == 3)
    #expect(ahead.allSatisfy { $0.decision == .withheld(.resetAccessTime, .clockBehind) && !$0.isRepaired })
    #expect(try scratch.snapshot() == before)
  }

  @Test("a file that has a name outside the cache keeps its length", .enabled(if: isRoot))
  func linkedOutside() throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged([.o16])
    let damaged = NaiveWalk.entries("\(scratch.path)/cache-root").first { $0.isRegular && $0.size % 4096 != 0 }
    let path = "\(scratch.path)/cache-root/" + String(decoding: try #require(damaged).path, as: UTF8.self)
    #expect(link(path, "\(scratch.path)/outside") == 0)
    let result = try scratch.check("cache-root", .all) { $0.policy.only = [.o16] }
    #expect(result.findings.first?.decision == .withheld(.truncate, .otherNames(2)))
    #expect(NaiveWalk.contentSum("\(scratch.path)/outside") == NaiveWalk.contentSum(path))
    #expect(try #require(damaged).size == (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0))
  }
}
