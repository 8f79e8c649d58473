import CLinux
import Synchronization

/// Runs code on several threads of its own and waits for all of them.
///
/// System calls block; Swift's task pool has one thread a core and stalls when they all block. These threads are
/// plain POSIX threads, joined before ``run(count:_:)`` returns.
public enum Workers {
  /// The number of processors that this process may use, at least 1: `sched_getaffinity`.
  public static var processorCount: Int { Int(clinux_processor_count()) }

  /// Runs the body once on each of `count` threads, with the thread's number, and collects what they return.
  ///
  /// If the system cannot make more threads (at least one always exists, the calling one), fewer run.
  public static func run<R>(count: Int, _ body: @escaping @Sendable (Int) -> sending R) -> [R] {
    let results = ResultBox<R>()
    #if FAULTS
      let plan = FaultPlan.current
      let work: @Sendable (Int) -> Void = { number in
        FaultPlan.$current.withValue(plan) { results.append(body(number)) }
      }
    #else
      let work: @Sendable (Int) -> Void = { number in results.append(body(number)) }
    #endif
    var threads: [POSIXThread] = []
    for number in 1..<max(1, AddressSpace.threads(count)) {
      guard let thread = POSIXThread.start({ work(number) }) else { break }
      threads.append(thread)
    }
    work(0)
    for thread in threads { thread.join() }
    return results.take()
  }
}

/// What the threads returned. Each value is handed over whole: nobody else holds it.
private final class ResultBox<R>: @unchecked Sendable {
  private let lock = Mutex<Void>(())
  private var values: [R] = []

  func append(_ value: R) { lock.withLock { _ in values.append(value) } }
  func take() -> [R] { lock.withLock { _ in values } }
}
