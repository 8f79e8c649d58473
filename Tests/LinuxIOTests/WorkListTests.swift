import LinuxIO
import Synchronization
import SystemPackage
import Testing

@Suite("Threads")
struct WorkListTests {
  @Test("All work is done, whichever thread finds it", arguments: [1, 2, 3, 8, 32])
  func everyJobRuns(threads: Int) {
    let list = WorkList<Int>(workers: threads)
    list.push(12)
    let counts = Workers.run(count: threads) { _ in
      var count = 0
      while let depth = list.next() {
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

  @Test("A cancelled list ends at once")
  func cancel() {
    let list = WorkList<Int>(workers: 2)
    list.push(contentsOf: Array(0..<1000))
    let counts = Workers.run(count: 2) { _ in
      var count = 0
      while list.next() != nil {
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
