// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// A last-in-first-out list of work that threads share; threads without work sleep.
///
/// Depth first keeps the list short: the newest work is the deepest. The list ends by itself when it is empty and no job
/// is being done that could add another, however many threads there are, or at once when it is cancelled.
public final class WorkList<Job: Sendable>: @unchecked Sendable {
  // The mutex guards every stored property but the atomic ones.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var jobs: [Job] = []
  /// Jobs that have been taken and are not done.
  private var running = 0
  private var waiting = 0
  private var ended = false
  private let idle = Atomic<Int>(0)

  /// Makes an empty list.
  public init() {
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Whether some thread sleeps for want of work: the moment to hand out a share of a large job.
  public var hasIdleWorker: Bool { idle.load(ordering: .relaxed) > 0 }

  /// Adds a job.
  public func push(_ job: Job) {
    pthread_mutex_lock(mutex)
    jobs.append(job)
    let wake = waiting > 0
    pthread_mutex_unlock(mutex)
    if wake { pthread_cond_signal(condition) }
  }

  /// Adds several jobs; the last is taken first.
  public func push(contentsOf more: [Job]) {
    guard !more.isEmpty else { return }
    pthread_mutex_lock(mutex)
    jobs.append(contentsOf: more)
    let sleepers = waiting
    pthread_mutex_unlock(mutex)
    if sleepers > 0 {
      if more.count == 1 { pthread_cond_signal(condition) } else { pthread_cond_broadcast(condition) }
    }
  }

  /// Takes the newest jobs one after another and does them; sleeps while there is none. Returns at the end of the list.
  public func run(_ body: (Job) -> Void) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !ended {
      guard let job = jobs.popLast() else {
        if running == 0 {
          ended = true
          pthread_cond_broadcast(condition)
          return
        }
        waiting += 1
        idle.store(waiting, ordering: .relaxed)
        pthread_cond_wait(condition, mutex)
        waiting -= 1
        idle.store(waiting, ordering: .relaxed)
        continue
      }
      running += 1
      pthread_mutex_unlock(mutex)
      body(job)
      pthread_mutex_lock(mutex)
      running -= 1
    }
  }

  /// Ends the list: threads get no more jobs.
  public func cancel() {
    pthread_mutex_lock(mutex)
    ended = true
    jobs.removeAll()
    pthread_mutex_unlock(mutex)
    pthread_cond_broadcast(condition)
  }
}
