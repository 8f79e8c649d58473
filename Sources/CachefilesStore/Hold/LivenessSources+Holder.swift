// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import LinuxIO
package import SystemPackage

extension LivenessSources {
  /// The other processes that have the device open: this one has it while it borrows it. The daemon of this package leaves copies
  /// with its service manager, which does nothing with them: where it runs it is the one that counts.
  package func holders() throws(Errno) -> [OpenFiles.Holder] {
    let all = try OpenFiles.holders(of: device, proc: processes).filter { $0.process != CurrentProcess.identifier }
    let keepers = all.filter { CacheDaemon(process: $0.process, proc: processes).isOfThisPackage }
    return keepers.count == 1 ? keepers : all
  }

  /// The same. Where there are several they are looked at again for a moment: a process that was just forked has what its parent has
  /// until it becomes another program.
  func settledHolders() throws(Errno) -> [OpenFiles.Holder] {
    for _ in 0..<5 {
      let found = try holders()
      if found.count < 2 { return found }
      Pause.microseconds(10_000)
    }
    return try holders()
  }

  /// The one process that holds the device, where it may be asked for leave.
  ///
  /// - Throws: ``Refusal/noLeave(_:)``.
  func onlyHolder() throws(Refusal) -> OpenFiles.Holder {
    let holders: [OpenFiles.Holder]
    do throws(Errno) { holders = try settledHolders() } catch {
      throw .noLeave(error == .noSuchProcess ? .otherProcesses : .closedProcesses(error))
    }
    guard let holder = holders.first else { throw .noLeave(.noDaemon) }
    guard holders.count == 1 else {
      throw .noLeave(.severalDaemons(holders.map { CacheDaemon(process: $0.process, proc: processes) }))
    }
    let daemon = CacheDaemon(process: holder.process, proc: processes)
    let cache = try activeCache(of: daemon)
    let fillsOnDemand = try fillsOnDemand(cache)
    if holder.servesOnDemand || daemon.isKnownOnDemand || fillsOnDemand { throw .noLeave(.onDemand(daemon)) }
    return holder
  }

  /// The one cache that the kernel has: the device opens once, and binds once.
  private func activeCache(of daemon: CacheDaemon) throws(Refusal) -> CacheLine {
    let text: [UInt8]
    do throws(Errno) { text = try SmallFile.read(caches) } catch {
      throw .noLeave(.otherCache(daemon, "the kernel's table of caches cannot be read: \(error)"))
    }
    let table = KernelTable<CacheLine>(parsing: text.span)
    let bound = table.rows.filter { $0.state != .absent }
    guard table.unread.count == 0, bound.count == 1, let cache = bound.first else {
      throw .noLeave(.otherCache(daemon, "the kernel's table has \(bound.count) caches"))
    }
    switch cache.state {
    case .active: return cache
    case .stopped, .withdrawn: throw .withdrawn
    case .absent, .preparing: throw .noLeave(.otherCache(daemon, "the kernel's table says \(cache.state.name)"))
    }
  }

  /// Whether the cache has volumes of EROFS, whose objects a daemon fills on demand. Kernels without the table have none.
  private func fillsOnDemand(_ cache: CacheLine) throws(Refusal) -> Bool {
    let text: [UInt8]
    do throws(Errno) { text = try SmallFile.read(volumes, limit: 64 << 20) } catch {
      if error == .noSuchFileOrDirectory { return false }
      throw .cannotTell("the kernel's table of volumes cannot be read: \(error)")
    }
    let name = cache.name.prefix(VolumeLine.cacheNameWidth)
    return KernelTable<VolumeLine>(parsing: text.span).rows.contains {
      $0.cacheName.elementsEqual(name) && NetfsType(volumeKey: $0.key.span) == .erofs
    }
  }
}
