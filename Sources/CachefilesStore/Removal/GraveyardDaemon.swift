// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import SystemPackage

extension Store {
  /// Whether a cachefilesd runs that empties the graveyard of this cache itself.
  ///
  /// cachefilesd ends, and the cache with it, when an entry is gone that it is about to remove from the graveyard
  /// (measured, C4 of Docs/Errata.md). One process at a time can open `/dev/cachefiles` (`cachefiles_daemon_open`,
  /// fs/cachefiles/daemon.c), but another one may have borrowed it (``LiveCache``): all that have it are looked at.
  package func graveyardDaemon(_ sources: LivenessSources = LivenessSources()) -> GraveyardDaemon {
    guard probeLiveness(sources) != .offline else { return .none }
    do throws(Errno) {
      let search = try OpenFiles.search(for: sources.device, proc: sources.processes)
      var refusal = search.refusal
      for process in search.holders.map(\.process) {
        do throws(Errno) {
          let name = try SmallFile.read(sources.processes.appending("\(process)").appending("comm"), limit: 64)
          if name == Array("cachefilesd\n".utf8) { return .running(process: process) }
        } catch {
          refusal = error
        }
      }
      if let refusal { throw refusal }
      return .none
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
