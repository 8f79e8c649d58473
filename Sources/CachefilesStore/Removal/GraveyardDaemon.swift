import LinuxIO
import Synchronization
import SystemPackage

extension Store {
  /// The process of a cachefilesd that empties the graveyard of this cache itself; nil when there is none, or where the
  /// processes cannot be asked.
  ///
  /// cachefilesd ends, and the cache with it, when an entry is gone that it is about to remove from the graveyard
  /// (measured, C4 of Docs/Errata.md). One process at a time can have `/dev/cachefiles` open (`cachefiles_daemon_open`,
  /// fs/cachefiles/daemon.c), so that another program there means that cachefilesd does not run.
  public func graveyardDaemon(_ sources: LivenessSources = LivenessSources()) -> Int? {
    guard probeLiveness(sources) != .offline else { return nil }
    do throws(Errno) {
      guard let process = try OpenFiles.holder(of: "/dev/cachefiles", proc: sources.processes) else { return nil }
      let name = try SmallFile.read(sources.processes.appending("\(process)").appending("comm"), limit: 64)
      return name == Array("cachefilesd\n".utf8) ? process : nil
    } catch {
      return nil
    }
  }
}

/// Asks now and then, during a sweep, whether a cachefilesd has come up that empties the graveyard itself.
public final class GraveyardWatch: Sendable {
  /// The cache, for the sweep itself too: a watch needs no descriptors of its own.
  public let store: Store
  private let sources: LivenessSources
  private let next: Atomic<Int64>
  private let process = Atomic<Int>(0)
  /// Nanoseconds between two questions.
  private static let interval: Int64 = 1_000_000_000

  /// Watches over a cache.
  public init(_ store: consuming Store, _ sources: LivenessSources = LivenessSources()) {
    self.store = store
    self.sources = sources
    next = Atomic(0)
  }

  /// The process that was found; nil while there is none.
  public var daemon: Int? {
    let found = process.load(ordering: .relaxed)
    return found > 0 ? found : nil
  }

  /// Whether there is one, asked anew at most once a second.
  public func hasDaemon() -> Bool {
    if daemon != nil { return true }
    let (now, due) = (Clock.now, next.load(ordering: .relaxed))
    guard now >= due,
      next.compareExchange(expected: due, desired: now + Self.interval, ordering: .relaxed).exchanged
    else { return false }
    guard let found = store.graveyardDaemon(sources) else { return false }
    process.store(found, ordering: .relaxed)
    return true
  }
}
