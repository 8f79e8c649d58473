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
    var hasFailed = false
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
    set { state.withLock { $0.metrics = newValue } }
  }

  /// Writes the files. A failure is told once, until one is written again. For one thread at a time.
  func write(_ board: StatusBoard, _ log: DaemonLog) {
    var now = board.current
    now.written = Timestamp.now
    let metrics = metrics
    if let old = state.withLock({ $0.written }), old != metrics { removeMetrics(old) }
    var failures: [String] = []
    if let status { write(now.text, to: status, &failures) }
    if let metrics {
      state.withLock { $0.written = metrics }
      write(render(now), to: metrics, &failures)
    }
    let hadFailed = state.withLock { state in
      defer { state.hasFailed = !failures.isEmpty }
      return state.hasFailed
    }
    if !hadFailed { for line in failures { log.warning(line) } }
  }

  private func write(_ bytes: [UInt8], to path: FilePath, _ failures: inout [String]) {
    do throws(Errno) { try NewFile.replace(path, with: bytes, permissions: 0o644) } catch {
      failures.append("\(EscapedBytes.string(path.bytes)): cannot write: \(error)")
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
