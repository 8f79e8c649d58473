// SPDX-License-Identifier: Apache-2.0
import Glibc
package import LinuxIO
import SystemPackage

/// The service manager that has started the daemon, if one has (sd_notify(3)).
package struct ServiceManager: Sendable {
  /// The name under which the device is kept.
  package static let deviceName = "cachefiles"

  private let socket: NotificationSocket?
  private let log: DaemonLog
  /// The time between two signs of life, half of what the manager allows; nil when it waits for none.
  package let watchdogInterval: Duration?

  /// Finds it in the environment.
  package init(_ log: DaemonLog) {
    self.init(NotificationSocket(), log, watchdog: Self.watchdog)
  }

  /// One that is known.
  package init(_ socket: NotificationSocket?, _ log: DaemonLog, watchdog: Duration? = nil) {
    self.socket = socket
    self.log = log
    watchdogInterval = socket == nil ? nil : watchdog.map { $0 / 2 }
  }

  /// Whether anybody listens.
  package var isPresent: Bool { socket != nil }

  /// What `WATCHDOG_USEC` asks for, where it is meant for this process.
  private static var watchdog: Duration? {
    if let process = Environment.value("WATCHDOG_PID"), Int(process) != CurrentProcess.identifier { return nil }
    guard let limit = Environment.value("WATCHDOG_USEC").flatMap({ Int64($0) }), limit > 0 else { return nil }
    return .microseconds(limit)
  }

  /// The cache is bound and kept.
  func ready(_ words: String) { send("READY=1\nMAINPID=\(CurrentProcess.identifier)\nSTATUS=\(words)") }
  /// What it does, in one line.
  func status(_ words: String) { send("STATUS=\(words)") }
  /// It lives.
  func alive() { send("WATCHDOG=1") }
  /// It reads its settings again, which is over with ``ready(_:)``.
  func reloading() { send("RELOADING=1\nMONOTONIC_USEC=\(Self.monotonicMicroseconds)") }
  /// It ends.
  func stopping(_ words: String) { send("STOPPING=1\nSTATUS=\(words)") }

  /// Leaves a copy of the device with the manager, which hands it to the next start. False when nobody keeps it.
  func keep(_ device: borrowing OwnedDescriptor) -> Bool {
    guard let socket else { return false }
    do throws(Errno) {
      try socket.send("FDSTORE=1\nFDNAME=\(Self.deviceName)\nFDPOLL=0", with: device)
      return true
    } catch {
      log.warning("the service manager does not take the device: \(error); the cache goes down with this process")
      return false
    }
  }

  /// The manager lets go of the copies that it has.
  func forget() { send("FDSTOREREMOVE=1\nFDNAME=\(Self.deviceName)") }

  private func send(_ text: String) {
    guard let socket else { return }
    do throws(Errno) { try socket.send(text) } catch { log.debug("the service manager cannot be told: \(error)") }
  }

  /// What the manager compares with: `CLOCK_MONOTONIC`.
  private static var monotonicMicroseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
