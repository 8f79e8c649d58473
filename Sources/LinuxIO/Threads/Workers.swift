// SPDX-License-Identifier: Apache-2.0
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
    var threads: [SystemThread] = []
    for number in 1..<max(1, AddressSpace.threads(count)) {
      guard let thread = SystemThread({ results.append(body(number)) }) else { break }
      threads.append(thread)
    }
    results.append(body(0))
    for thread in threads { thread.join() }
    return results.take()
  }

  /// Runs a body on another thread than the calling one, and waits for its end; on the calling one when the system has no more.
  ///
  /// A process that goes on after `fork` does its work so: Swift's runtime remembers each thread's number, which the thread that called
  /// `fork` has from the process before. Where it and another thread come to the same global for the first time, both wait for ever.
  public static func run<R>(elsewhere body: @escaping @Sendable () -> sending R) -> R {
    let result = ResultBox<R>()
    guard let thread = SystemThread({ result.append(body()) }) else { return body() }
    thread.join()
    return result.take().first ?? body()
  }

  /// Runs one more thread beside the work of this one, and waits for both. The work alone runs when the system has no
  /// more threads.
  public static func run<R>(beside companion: @escaping @Sendable () -> Void, _ work: () -> R) -> R {
    let thread = SystemThread(companion)
    defer { thread?.join() }
    return work()
  }
}

/// What the threads returned. Each value is handed over whole: nobody else holds it.
private final class ResultBox<R>: @unchecked Sendable {
  private let lock = Lock()
  private var values: [R] = []

  func append(_ value: R) { lock.withLock { values.append(value) } }
  func take() -> [R] { lock.withLock { values } }
}
