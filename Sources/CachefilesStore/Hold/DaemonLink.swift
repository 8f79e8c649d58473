// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import Synchronization
import SystemPackage

/// The device that was borrowed of a daemon, closed as soon as the daemon has ended: an open copy would keep a cache up that its
/// daemon has left.
final class DaemonLink: CommandLink {
  /// The device, and why there is none any more.
  private final class Slot: Sendable {
    let device: Guarded<(any CommandDevice)?>
    /// What ended it.
    let end = Guarded<Refusal?>(nil)

    init(_ device: any CommandDevice) { self.device = Guarded(device) }

    func close(_ reason: Refusal) {
      end.withLock { $0 = $0 ?? reason }
      device.withLock { $0 = nil }
    }
  }

  private let slot: Slot
  private let process: ProcessDescriptor
  private let watch: ProcessEndWatch

  init(_ device: any CommandDevice, of process: consuming ProcessDescriptor) throws(Errno) {
    let slot = Slot(device)
    watch = try ProcessEndWatch(process) { slot.close(.daemonEnded) }
    self.slot = slot
    self.process = process
  }

  /// Closes the device; the watch ends with this value.
  deinit { slot.close(.daemonEnded) }

  var end: Refusal? { slot.end.withLock { $0 } }

  func requireDaemon() throws(Refusal) {
    let hasEnded: Bool
    do throws(Errno) { hasEnded = try process.hasEnded() } catch { hasEnded = true }
    if hasEnded { slot.close(.daemonEnded) }
    if let end { throw .stopped(end) }
  }

  func send(_ command: CacheCommand, _ name: EntryName) throws(Refusal) -> CacheCommand.Answer {
    try requireDaemon()
    let answer: CacheCommand.Answer? = slot.device.withLock { device in
      device.map { command.give(name, to: $0) }
    }
    if answer == .withdrawn { slot.close(.withdrawn) }
    guard let answer, answer != .withdrawn else { throw .stopped(end ?? .daemonEnded) }
    return answer
  }
}
