// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import Synchronization
import SystemPackage
import Testing

@Suite("Threads")
struct WorkListTests {
  @Test("All work is done, whichever thread finds it", arguments: [1, 2, 3, 8, 32])
  func everyJobRuns(threads: Int) {
    let list = WorkList<Int>()
    list.push(12)
    let counts = Workers.run(count: threads) { _ in
      var count = 0
      list.run { depth in
        count += 1
        if depth > 0 {
          list.push(depth - 1)
          list.push(contentsOf: [depth - 1])
        }
      }
      return count
    }
    #expect(counts.count == threads)
    #expect(counts.reduce(0, +) == (1 << 13) - 1)
  }

  @Test("The work ends although the system could not start some of the threads")
  func fewerThreads() {
    let list = WorkList<Int>()
    list.push(contentsOf: [1, 2, 3])
    var sum = 0
    // One thread where more were asked for.
    list.run { sum += $0 }
    #expect(sum == 6)
    list.run { sum += $0 }
    #expect(sum == 6)
  }

  @Test("A cancelled list ends at once")
  func cancel() {
    let list = WorkList<Int>()
    list.push(contentsOf: Array(0..<1000))
    let counts = Workers.run(count: 2) { _ in
      var count = 0
      list.run { _ in
        count += 1
        list.cancel()
      }
      return count
    }
    #expect(counts.reduce(0, +) <= 2)
  }

  @Test("A plan of faults reaches the threads that are started under it")
  func faultsReachThreads() {
    let plan = FaultPlan(failing: .open, ordinal: 0, with: .ioError)
    let results = plan.run {
      Workers.run(count: 4) { _ in
        do {
          _ = try OwnedDescriptor(directory: "/")
          return "opened"
        } catch {
          return "\(error)"
        }
      }
    }
    #expect(results == Array(repeating: "\(Errno.ioError)", count: 4))
    #expect(plan.failed == 4)
  }
}
