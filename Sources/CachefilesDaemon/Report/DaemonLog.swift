// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import Synchronization

/// What the daemon has to say: one line at a time, to standard error or to the machine's log.
package final class DaemonLog: Sendable {
  /// How important a line is: the levels of syslog(3).
  package enum Level: Int, Sendable, Comparable, CaseIterable {
    case error = 3
    case warning = 4
    case notice = 5
    case info = 6
    case debug = 7

    package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  /// Where lines go.
  package enum Target: Sendable {
    /// Standard error; with `<N>` in front where the journal reads it (sd-daemon(3)).
    case standardError(withLevels: Bool)
    /// syslog(3).
    case system
    /// A test.
    case closure(@Sendable (Level, String) -> Void)
  }

  private let target: Target
  private let limit: Atomic<Int>
  private let told = Guarded(RecentLines())

  /// Makes a log.
  package init(_ target: Target, level: Level = .info) {
    self.target = target
    limit = Atomic(level.rawValue)
    if case .system = target { SystemLog.open("cachefiles-daemon") }
  }

  /// The level up to which lines are written.
  package var level: Level {
    get { Level(rawValue: limit.load(ordering: .relaxed)) ?? .info }
    set { limit.store(newValue.rawValue, ordering: .relaxed) }
  }

  /// Writes a line.
  package func write(_ level: Level, _ text: String) {
    guard level.rawValue <= limit.load(ordering: .relaxed) else { return }
    switch target {
    case .standardError(let withLevels):
      let line = (withLevels ? "<\(level.rawValue)>" : "cachefiles-daemon: ") + text + "\n"
      StandardStreams.writeError(Array(line.utf8))
    case .system: SystemLog.write(text, level: level.rawValue)
    case .closure(let body): body(level, text)
    }
  }

  package func error(_ text: String) { write(.error, text) }
  package func warning(_ text: String) { write(.warning, text) }
  package func notice(_ text: String) { write(.notice, text) }
  package func info(_ text: String) { write(.info, text) }
  package func debug(_ text: String) { write(.debug, text) }

  /// Writes a line about one entry of the cache, once an hour: a hostile tree does not fill the log.
  func failure(_ failure: StoreError) {
    switch told.withLock({ $0.note(failure.description, at: .now) }) {
    case .isNew: warning(failure.description)
    case .isKnown: debug(failure.description)
    case .isTooMuch: warning("more entries cannot be read or removed; no more are named within an hour")
    }
  }
}
