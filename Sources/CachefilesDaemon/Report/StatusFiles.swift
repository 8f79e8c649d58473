// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import Synchronization
package import SystemPackage

/// The files that the status is written to: each appears whole, by a rename, so that a reader sees one state or the next.
package final class StatusFiles: Sendable {
  private struct State {
    /// Where metrics go; nil for nowhere.
    var metrics: FilePath?
    /// Where they were written last.
    var written: FilePath?
    /// What could not be written the last time.
    var failed: Set<FilePath> = []
  }

  private let status: FilePath?
  /// Makes metrics of a status.
  private let render: @Sendable (DaemonStatus) -> [UInt8]
  private let state = Guarded(State())

  /// Where the status is written unless the user says otherwise.
  package static let defaultPath: FilePath = "/run/cachefiles-daemon/status"

  /// Makes them; nothing is written yet.
  package init(status: FilePath?, render: @escaping @Sendable (DaemonStatus) -> [UInt8]) {
    self.status = status
    self.render = render
    guard let status else { return }
    let directory = status.removingLastComponent()
    // It may be there, or not be allowed, which is told when the file is written.
    if !directory.isEmpty { _ = try? OwnedDescriptor.makeDirectory(path: directory, permissions: 0o755) }
  }

  /// Where metrics go from the next time on; nil for nowhere.
  var metrics: FilePath? {
    get { state.withLock { $0.metrics } }
    set {
      state.withLock { state in
        if let old = state.metrics, old != newValue { state.failed.remove(old) }
        state.metrics = newValue
      }
    }
  }

  /// Writes the files. A failure is told once, until one is written again. For one thread at a time.
  func write(_ board: StatusBoard, _ log: DaemonLog) {
    var now = board.current
    now.written = Timestamp.now
    let metrics = metrics
    if let old = state.withLock({ $0.written }), old != metrics { removeMetrics(old) }
    if let status { _ = write(now.text, to: status, log) }
    // What was not written by us is not ours to take away.
    if let metrics, write(render(now), to: metrics, log) { state.withLock { $0.written = metrics } }
  }

  /// Writes one of them; false when that failed, which is told when it did not fail the last time.
  private func write(_ bytes: [UInt8], to path: FilePath, _ log: DaemonLog) -> Bool {
    do throws(Errno) {
      try NewFile.replace(path, with: bytes, permissions: 0o644)
      state.withLock { _ = $0.failed.remove(path) }
      return true
    } catch {
      if state.withLock({ $0.failed.insert(path).inserted }) {
        log.warning("\(EscapedBytes.string(path.bytes)): cannot write: \(error)")
      }
      return false
    }
  }

  /// Takes the files away at the end: there is nothing to be told of any more, and metrics that stay would say for ever that the cache
  /// is held.
  func remove() {
    if let status { try? NewFile.remove(status) }
    if let written = state.withLock({ $0.written }) { removeMetrics(written) }
  }

  private func removeMetrics(_ path: FilePath) {
    try? NewFile.remove(path)
    state.withLock { $0.written = nil }
  }
}
