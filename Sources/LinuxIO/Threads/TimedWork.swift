// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization
public import SystemPackage

/// Work on a file system whose server may never answer: it runs on a thread of its own, and whoever waits gives it up
/// when nothing has moved for a while.
///
/// A call on a dead server cannot be taken back. The thread stays in it, and ends with the process.
public final class TimedWork<Result: Sendable>: Sendable {
  private let steps = Atomic<Int>(0)
  private let abandoned = Atomic<Bool>(false)
  private let begun = Atomic<Bool>(false)
  private let result = Guarded<Result?>(nil)

  /// Makes work that has not begun.
  public init() {}

  /// Tells that something has moved. Cheap: called for each file.
  public func step() { steps.add(1, ordering: .relaxed) }

  /// How often something has moved.
  public var count: Int { steps.load(ordering: .relaxed) }

  /// Whether nobody waits any more, so that the work may end.
  public var isAbandoned: Bool { abandoned.load(ordering: .relaxed) }

  /// Why nothing came of it: EAGAIN where the system has no thread for it, else ETIMEDOUT.
  public var failure: Errno { begun.load(ordering: .relaxed) ? .timedOut : .resourceTemporarilyUnavailable }

  /// Runs a body on a thread of its own and waits for it; nil when nothing moved for so long, or the system
  /// has no more threads (``failure``).
  ///
  /// What the body shares with the rest of the program must stay good when it is given up: the thread may go on later.
  public func run(timeout: Duration, _ body: @escaping @Sendable (TimedWork<Result>) -> Result) -> Result? {
    let thread = SystemThread {
      let value = body(self)
      self.result.withLock { $0 = value }
    }
    guard let thread else { return nil }
    begun.store(true, ordering: .relaxed)
    thread.detach()
    var seen = -1
    var still = Duration.zero
    var pause: UInt32 = 50
    while true {
      if let value = result.withLock({ $0 }) { return value }
      let now = count
      if now != seen {
        seen = now
        still = .zero
      } else if still >= timeout {
        abandoned.store(true, ordering: .relaxed)
        return nil
      }
      usleep(pause)
      still += .microseconds(pause)
      pause = min(pause * 2, 20_000)
    }
  }
}
