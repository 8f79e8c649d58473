// SPDX-License-Identifier: Apache-2.0
import Synchronization
import Testing

@testable import LinuxIO

@Suite("Work that takes a part of the time")
struct WorkingShareTests {
  @Test(arguments: [(1.0, 0), (0.5, 10), (0.1, 90), (0.25, 30), (2.0, 0)])
  func `a tenth of the time rests nine times as long as it worked`(share: Double, milliseconds: Int) {
    let rest = WorkingShare.rest(after: .milliseconds(10), share)
    let difference = rest - .milliseconds(milliseconds)
    #expect(difference < .microseconds(1) && difference > .microseconds(-1))
  }

  @Test func `a share of nothing is no rest for ever`() {
    for share in [0, -1, 1e-12] { #expect(WorkingShare.rest(after: .milliseconds(1), share) < .seconds(1)) }
  }

  private func work(_ milliseconds: Int) {
    let end = ContinuousClock.now + .milliseconds(milliseconds)
    while ContinuousClock.now < end {}
  }

  @Test func `a rest ends when there is no need of it any more, and when it is cancelled`() {
    let asked = Atomic<Int>(0)
    let share = WorkingShare { asked.add(1, ordering: .relaxed).newValue < 2 ? 0.001 : 1 }
    share.begin()
    work(20)
    // Twenty seconds but for the second answer.
    share.rest { false }
    #expect(asked.load(ordering: .relaxed) == 2)
    work(20)
    share.rest { true }
    #expect(asked.load(ordering: .relaxed) == 2)
  }

  @Test func `what was done before it began is not rested for`() {
    let asked = Atomic<Int>(0)
    let share = WorkingShare {
      asked.add(1, ordering: .relaxed)
      return 1
    }
    share.rest { false }
    work(5)
    share.begin()
    share.rest { false }
    #expect(asked.load(ordering: .relaxed) <= 1)
    work(5)
    share.rest { false }
    #expect(asked.load(ordering: .relaxed) >= 1)
  }

  @Test func `a step that was held up for long is not rested for as if it had been work`() {
    for (passed, counted) in [(8 * 3600.0, 1.0), (1.5, 1), (1, 1), (0.5, 0.5), (0, 0)] {
      #expect(WorkingShare.counted(.seconds(passed)) == .seconds(counted))
    }
  }

  @Test func `a share of a processor is one of the time too, for who waits for a disk`() {
    var share = ProcessorShare(1, ofTime: { 0.1 })
    share.rest()
    Pause.microseconds(10_000)
    let start = ContinuousClock.now
    share.rest()
    #expect(ContinuousClock.now - start >= .milliseconds(90))
  }
}
