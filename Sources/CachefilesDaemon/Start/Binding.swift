// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO
import SystemPackage

/// How the daemon comes to hold a cache: it binds it, or takes it over from an earlier process whose device was kept.
struct Binding {
  let configuration: DaemonConfiguration
  let directory: FilePath
  let log: DaemonLog
  var sources = LivenessSources()
  /// Asked while it waits for the device: true ends that.
  var isCancelled: @Sendable () -> Bool = { false }

  /// A device that a service manager kept, if it holds the cache of this directory; nil otherwise, with the reason in the log.
  func takeOver(_ kept: consuming OwnedDescriptor) -> HeldCache? {
    let refuse = { (reason: String) in
      log.warning("the device that the service manager kept is of no use: \(reason); the cache is bound anew")
    }
    guard let number = CharacterDevice.number(of: kept), number == CharacterDevice.number(FilePath(sources.device))
    else {
      refuse("it is no \(sources.device)")
      return nil
    }
    let device = DeviceFile(kept)
    do throws(Errno) {
      guard try device.state() != nil else {
        refuse("it has no cache bound")
        return nil
      }
    } catch {
      refuse("it cannot be read: \(error)")
      return nil
    }
    do throws(StartFailure) { return HeldCache(device: device, live: try hold(device), isTakenOver: true) } catch {
      refuse(error.description)
      return nil
    }
  }

  /// Opens the device, gives it the configuration, and binds; nil when that was cancelled.
  func bind() throws(StartFailure) -> HeldCache? {
    guard !isCancelled(), let opened = try openDevice() else { return nil }
    try requireVolumes()
    let device = DeviceFile(opened)
    for command in configuration.commands(directory) {
      do throws(Errno) { try device.command(command.line) } catch {
        let words = LastWords.configuring(command.line, error)
        guard command.isOptional else { throw StartFailure(words, .configuration) }
        log.warning(words)
      }
    }
    do throws(Errno) { try device.command(Array("bind".utf8)) } catch {
      throw StartFailure(LastWords.binding(directory, error))
    }
    return HeldCache(device: device, live: try hold(device))
  }

  /// Before the bind: a kernel of the layout before 5.17 binds the cache, and then gives no leave to remove anything from it. Those of some
  /// distributions have the newer layout under an older number; they have its table.
  private func requireVolumes() throws(StartFailure) {
    if sources.kernel >= KernelRelease(5, 17) || (try? FileStatus.of(sources.caches)) != nil { return }
    throw StartFailure(
      "needs Linux 5.17 or later, and this is \(sources.kernel): install cachefilesd, which works with it", .kernel)
  }

  /// Where a process has just ended the kernel may still be letting its cache go, which takes as long as files are in use. A
  /// service manager that was told to lets go in a moment.
  private func openDevice() throws(StartFailure) -> OwnedDescriptor? {
    let start = ContinuousClock.now
    var hasTold = false
    while true {
      do throws(Errno) {
        let device = try OwnedDescriptor(device: FilePath(sources.device))
        // Anything may have that name where the module was not loaded, and would take the commands for data.
        guard CharacterDevice.number(of: device) != nil else { throw .noSuchAddressOrDevice }
        return device
      } catch {
        let patience: Duration = isHeld ? .seconds(3) : .seconds(60)
        guard error == .resourceBusy, ContinuousClock.now - start < patience else {
          throw StartFailure(LastWords.opening(error, sources))
        }
        if !hasTold { log.info("\(sources.device) is in use; waiting until the kernel has let an earlier cache go") }
        hasTold = true
        if isCancelled() { return nil }
        Pause.microseconds(100_000)
      }
    }
  }

  /// Whether a process has the device open, as far as that can be told: without the right to trace others this one may see
  /// none.
  private var isHeld: Bool {
    do throws(Errno) {
      return try !OpenFiles.search(for: sources.device, proc: sources.processes).holders.isEmpty
    } catch {
      return true
    }
  }

  /// The cache behind a device that has bound it: the directory must be the one that the configuration names.
  private func hold(_ device: DeviceFile) throws(StartFailure) -> SharedLiveHold {
    let store: Store
    do throws(OpeningFailure) { store = try Store(path: directory) } catch { throw StartFailure("\(error)") }
    do throws(Refusal) { return SharedLiveHold(try LiveCache(bound: store, by: device)) } catch {
      throw StartFailure("\(EscapedBytes.string(directory.bytes)): \(error)")
    }
  }
}
