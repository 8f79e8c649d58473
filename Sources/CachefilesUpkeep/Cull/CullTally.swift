// SPDX-License-Identifier: Apache-2.0
import CachefilesSurvey
import LinuxIO

/// What came of a cull so far.
struct CullTally: Sendable {
  var done = CullSum()
  /// Those of them that were last used before the moment that the goal names.
  var older = 0
  /// Objects that changed since they were looked at.
  var skipped = 0
  /// Objects that the kernel uses.
  var inUse = 0
  var dirty = 0
  var errors = 0
  var newest: Timestamp?
  var oldest: Timestamp?

  /// Counts a victim.
  mutating func add(_ victim: Victim, usedSince: Timestamp?) { add(victim.sum, at: victim.accessTime, usedSince) }

  /// Counts an object by what it comes to and its last use.
  mutating func add(_ sum: CullSum, at time: Timestamp, _ usedSince: Timestamp?) {
    done += sum
    if let usedSince, time < usedSince { older += 1 }
    oldest = min(oldest ?? time, time)
    newest = max(newest ?? time, time)
  }

  /// Adds what another thread counted.
  static func += (left: inout CullTally, right: CullTally) {
    left.done += right.done
    left.older += right.older
    left.skipped += right.skipped
    left.inUse += right.inUse
    left.dirty += right.dirty
    left.errors += right.errors
    if let time = right.oldest { left.oldest = min(left.oldest ?? time, time) }
    if let time = right.newest { left.newest = max(left.newest ?? time, time) }
  }
}
