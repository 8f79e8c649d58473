// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import Testing

@Suite("Values behind a mutex of the C library")
struct PosixMutexTests {
  @Test("four threads change the value one after the other")
  func changes() {
    let counter = PosixMutex(0)
    _ = Workers.run(count: 4) { _ in for _ in 0..<10_000 { counter.withLock { $0 += 1 } } }
    #expect(counter.withLock { $0 } == 40_000)
  }

  @Test("an error of the body is passed on, and the value is free again")
  func errors() throws {
    struct Refusal: Error {}
    let value = PosixMutex([1])
    #expect(throws: Refusal.self) {
      try value.withLock { (list: inout [Int]) throws(Refusal) in
        list.append(2)
        throw Refusal()
      }
    }
    #expect(value.withLock { $0 } == [1, 2])
  }
}
