// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import SystemPackage

/// A cache that a kernel holds, from which things can be removed with the kernel's leave for as long as this value and the
/// daemon live.
///
/// The kernel listens to the process that has `/dev/cachefiles` open. Its descriptor is borrowed (`pidfd_getfd(2)`), and closed
/// as soon as the daemon ends. What is in use is refused by the kernel itself, one entry at a time. See "Removing objects of a
/// cache in use" in Docs/Live.md.
///
/// The kernel removes what has a name *in the working directory of the caller*, wherever that is (K15 of Docs/Errata.md). So
/// commands are given only by a ``LiveRemover``, whose thread has a working directory of its own and stands in directories that
/// were opened from the root and compared with what was seen there.
package struct LiveCache: ~Copyable, Sendable {
  /// The cache.
  package let store: Store
  /// Who holds it.
  package let daemon: CacheDaemon
  let link: any CommandLink

  fileprivate init(_ store: consuming Store, _ daemon: CacheDaemon, _ link: any CommandLink) {
    self.store = store
    self.daemon = daemon
    self.link = link
  }

  /// Takes a cache that this process has bound itself, or had kept for it, by the device that did it.
  ///
  /// - Throws: ``Refusal/noLeave(_:)`` when the device says that it holds another cache; ``Refusal/stopped(_:)`` when the kernel
  ///   has withdrawn it.
  package init(bound store: consuming Store, by device: any CommandDevice) throws(Refusal) {
    self.init(store, CacheDaemon(process: CurrentProcess.identifier, proc: "/proc"), OwnLink(device))
    try requireSameCache()
  }

  deinit { store.root.unlock() }

  fileprivate static func borrow(
    _ holder: OpenFiles.Holder, _ daemon: CacheDaemon, _ sources: LivenessSources
  ) throws(Refusal) -> DaemonLink {
    switch TracingRights(proc: sources.processes) {
    case .possible: break
    case .forbiddenByYama: throw .noLeave(.yama)
    case .lackCapability: throw .noLeave(.capability)
    }
    do throws(Errno) {
      let process = try ProcessDescriptor(holder.process)
      let descriptor = try process.copy(of: holder.descriptor)
      // The number may have come to stand for another file, or the process for another one, since they were looked at.
      guard try sources.settledHolders() == [holder] else { throw .noSuchProcess }
      return try DaemonLink(sources.makeDevice(descriptor), of: process)
    } catch {
      switch error {
      case .noSuchProcess, .badFileDescriptor: throw .noLeave(.noDaemon)
      case .notPermitted, .permissionDenied: throw .noLeave(.refused(daemon, error))
      case .noFunction: throw .noLeave(.noSystemCall)
      default: throw .noLeave(.failed(error))
      }
    }
  }

  /// Asked before each change: whether the daemon lives and the kernel holds the cache.
  ///
  /// - Throws: ``Refusal/stopped(_:)``.
  package func checkStillHeld() throws(Refusal) { try link.requireDaemon() }

  /// The device must say that it holds this cache: `cache` in the root directory is in use.
  package func requireSameCache() throws(Refusal) {
    switch try ask() {
    case .inUse: return
    // Memory that runs out in the kernel, for one, says nothing of the cache.
    case .failed(let error): throw .noLeave(.failed(error))
    case .done, .gone, .withdrawn: throw .noLeave(.otherCache(daemon, "the device says that this one is not in use"))
    }
  }

  private func ask() throws(Refusal) -> CacheCommand.Answer {
    let (link, root) = (link, SharedRoot(try Self.duplicate(store)))
    let result: Result<CacheCommand.Answer, Refusal>
    do throws(Errno) {
      result = try WorkingDirectory.runApart { directory in
        do throws(Errno) { try directory.enter(root.value) } catch {
          return .failure(.noLeave(.failed(error)))
        }
        do throws(Refusal) { return .success(try link.send(.inuse, Store.cacheName)) } catch {
          return .failure(error)
        }
      }
    } catch {
      throw .noLeave(.failed(error))
    }
    return try result.get()
  }

  /// The root directory, for another thread.
  private final class SharedRoot: Sendable {
    let value: OwnedDescriptor
    init(_ value: consuming OwnedDescriptor) { self.value = value }
  }

  private static func duplicate(_ store: borrowing Store) throws(Refusal) -> OwnedDescriptor {
    do throws(Errno) { return try store.root.duplicate() } catch { throw .lockFailed(error) }
  }
}

extension Store {
  /// Takes a cache in use for removals with the kernel's leave.
  ///
  /// - Throws: ``Refusal``: ``Refusal/noLeave(_:)`` says what is missing.
  package func holdLive(_ sources: LivenessSources = LivenessSources()) throws(Refusal) -> LiveCache {
    switch probeLiveness(sources) {
    case .live: break
    case .offline: throw .unmet("no kernel holds the cache")
    case .unknown(let reason):
      throw sources.kernel < KernelRelease(5, 17) ? .noLeave(.oldKernel(sources.kernel)) : .cannotTell(reason)
    }
    return try takeLive(sources)
  }

  /// The same of a cache that is known to be in use.
  func takeLive(_ sources: LivenessSources) throws(Refusal) -> LiveCache {
    guard sources.kernel >= KernelRelease(5, 17) else { throw .noLeave(.oldKernel(sources.kernel)) }
    let own: Store
    do throws(Errno) { own = try duplicate() } catch { throw .lockFailed(error) }
    // Before the holder is looked for: another program of this package that is at work has the device too.
    let isFree: Bool
    do throws(Errno) { isFree = try own.root.lock() } catch { throw .lockFailed(error) }
    guard isFree else { throw sources.lockRefusal(of: own.root) }
    let link: any CommandLink
    let daemon: CacheDaemon
    do throws(Refusal) {
      let holder = try sources.onlyHolder()
      daemon = CacheDaemon(process: holder.process, proc: sources.processes)
      link = try LiveCache.borrow(holder, daemon, sources)
    } catch {
      own.root.unlock()
      throw error
    }
    let cache = LiveCache(own, daemon, link)
    try cache.requireSameCache()
    return cache
  }
}
