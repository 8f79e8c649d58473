// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import SystemPackage

/// Why nothing may be changed in a cache, or nothing more.
package enum Refusal: Error, Equatable, Sendable, CustomStringConvertible {
  /// A kernel holds the cache.
  case inUse
  /// It cannot be told whether a kernel holds it, for this reason.
  case cannotTell(String)
  /// It is in use, and what holds it cannot be asked for leave.
  case noLeave(LeaveRefusal)
  /// The daemon that held the cache has ended; what was borrowed of it has been closed.
  case daemonEnded
  /// The kernel has withdrawn the cache.
  case withdrawn
  /// Another program of this package is at work on it.
  case locked
  /// The process that has locked it, of this package or any other.
  case lockedBy(CacheDaemon)
  /// The lock cannot be taken.
  case lockFailed(Errno)
  /// A sweep is at work on its graveyard.
  case graveyardBusy
  /// Its file system is mounted read-only: every change would fail.
  case readOnly
  /// It is no cache, in words that go on after "it".
  case notACache(String)
  /// Something that the command needs besides the cache is missing or does not fit; one line.
  case unmet(String)
  /// The work had begun and was stopped, for this reason.
  indirect case stopped(Refusal)

  /// What a look at a cache says against changing it; nil for one that nobody holds.
  init?(_ liveness: Liveness) {
    switch liveness {
    case .live: self = .inUse
    case .offline: return nil
    case .unknown(let reason): self = .cannotTell(reason)
    }
  }

  /// Whether the cache is in use, locked, or may be: the command can be tried again later.
  package var isOccupied: Bool {
    switch self {
    case .inUse, .cannotTell, .noLeave, .daemonEnded, .withdrawn, .locked, .lockedBy, .lockFailed, .graveyardBusy: true
    case .readOnly, .notACache, .unmet: false
    case .stopped(let reason): reason.isOccupied
    }
  }

  /// Whether a process that holds the cache has lost it. That nothing could be asked for want of a thread, a descriptor or memory
  /// says nothing of the cache, and may be over in a moment.
  package var isLoss: Bool {
    switch self {
    case .noLeave(.failed): false
    case .noLeave, .daemonEnded, .withdrawn: true
    case .inUse, .cannotTell, .locked, .lockedBy, .lockFailed, .graveyardBusy, .readOnly, .notACache, .unmet: false
    case .stopped(let reason): reason.isLoss
    }
  }

  /// One line.
  package var description: String {
    switch self {
    case .inUse: "the cache is in use by a kernel"
    case .cannotTell(let reason): "it cannot be told whether the cache is in use (\(reason))"
    case .noLeave(let reason): "the cache is in use, and nothing can be removed from it now: \(reason)"
    case .daemonEnded: "the daemon that holds the cache has ended"
    case .withdrawn: "the kernel has withdrawn the cache; its log has the reason"
    case .locked: "another program of this package is at work on it"
    case .lockedBy(let holder):
      holder.isOneOfOurs ? "another program of this package is at work on it: \(holder)" : "it is locked by \(holder)"
    case .lockFailed(let error): "cannot lock it: \(error)"
    case .graveyardBusy: "a sweep is at work on its graveyard"
    case .readOnly: "its file system is mounted read-only"
    case .notACache(let reason): "it \(reason)"
    case .unmet(let line): line
    case .stopped(let reason): "stopped: \(reason)"
    }
  }
}
