import LinuxIO
import Synchronization
import SystemPackage

extension Store {
  /// Whether a cachefilesd runs that empties the graveyard of this cache itself.
  ///
  /// cachefilesd ends, and the cache with it, when an entry is gone that it is about to remove from the graveyard
  /// (measured, C4 of Docs/Errata.md). One process at a time can have `/dev/cachefiles` open (`cachefiles_daemon_open`,
  /// fs/cachefiles/daemon.c), so that another program there means that cachefilesd does not run.
  package func graveyardDaemon(_ sources: LivenessSources = LivenessSources()) -> GraveyardDaemon {
    guard probeLiveness(sources) != .offline else { return .none }
    do throws(Errno) {
      guard let process = try OpenFiles.holder(of: "/dev/cachefiles", proc: sources.processes) else { return .none }
      let name = try SmallFile.read(sources.processes.appending("\(process)").appending("comm"), limit: 64)
      return name == Array("cachefilesd\n".utf8) ? .running(process: process) : .none
    } catch {
      return .cannotTell(
        error == .noSuchProcess
          ? "the processes of the machine cannot be seen from here" : "cannot ask the processes: \(error)")
    }
  }
}

/// Whether a cachefilesd empties a graveyard itself.
package enum GraveyardDaemon: Sendable, Equatable {
  /// None does.
  case none
  /// This process does.
  case running(process: Int)
  /// The cache may be in use, and it cannot be told by whom, for this reason.
  case cannotTell(String)
}

/// Asks now and then, during a sweep, whether a cachefilesd has come up that empties the graveyard itself.
package final class GraveyardWatch: Sendable {
  /// The cache, for the sweep itself too: a watch needs no descriptors of its own.
  package let store: Store
  private let sources: LivenessSources
  private let next: Atomic<Int64>
  private let found = Mutex<GraveyardDaemon>(.none)
  /// Nanoseconds between two questions.
  private static let interval: Int64 = 1_000_000_000

  /// Watches over a cache.
  package init(_ store: consuming Store, _ sources: LivenessSources = LivenessSources()) {
    self.store = store
    self.sources = sources
    next = Atomic(0)
  }

  /// What was found last.
  package var daemon: GraveyardDaemon { found.withLock { $0 } }

  /// Whether there may be one, asked anew at most once a second.
  package func mayHaveDaemon() -> Bool {
    if daemon != .none { return true }
    let (now, due) = (Clock.now, next.load(ordering: .relaxed))
    guard now >= due,
      next.compareExchange(expected: due, desired: now + Self.interval, ordering: .relaxed).exchanged
    else { return false }
    let answer = store.graveyardDaemon(sources)
    found.withLock { $0 = answer }
    return answer != .none
  }
}
