// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import Synchronization

/// The device of the process that has bound the cache itself.
final class OwnLink: CommandLink {
  private let device: any CommandDevice
  /// What ended it: the kernel has withdrawn the cache.
  private let reason = Guarded<Refusal?>(nil)

  init(_ device: any CommandDevice) { self.device = device }

  var end: Refusal? { reason.withLock { $0 } }

  func requireDaemon() throws(Refusal) {
    if let end { throw .stopped(end) }
  }

  func send(_ command: CacheCommand, _ name: EntryName) throws(Refusal) -> CacheCommand.Answer {
    try requireDaemon()
    let answer = command.give(name, to: device)
    guard answer == .withdrawn else { return answer }
    reason.withLock { $0 = .withdrawn }
    throw .stopped(.withdrawn)
  }
}
