// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
package import SystemPackage

/// The files that the status is written to: each appears whole, by a rename, so that a reader sees one state or the next.
package final class StatusFiles {
  private let status: FilePath?
  /// Where metrics go; nil for nowhere.
  var metrics: FilePath?
  /// Makes metrics of a status.
  private let render: (DaemonStatus) -> [UInt8]
  private var hasFailed = false

  /// Where the status is written unless the user says otherwise.
  package static let defaultPath: FilePath = "/run/cachefiles-daemon/status"

  /// Makes them; nothing is written yet.
  package init(status: FilePath?, render: @escaping (DaemonStatus) -> [UInt8]) {
    self.status = status
    self.render = render
    guard let status else { return }
    let directory = status.removingLastComponent()
    // It may be there, or not be allowed, which is told when the file is written.
    if !directory.isEmpty { _ = try? OwnedDescriptor.makeDirectory(path: directory, permissions: 0o755) }
  }

  /// Writes the files. A failure is told once, until one is written again.
  func write(_ board: StatusBoard, _ log: DaemonLog) {
    var now = board.current
    now.written = Timestamp.now
    var failures: [String] = []
    for (path, bytes) in [(status, now.text), (metrics, metrics == nil ? [] : render(now))] {
      guard let path else { continue }
      do throws(Errno) { try NewFile.replace(path, with: bytes, permissions: 0o644) } catch {
        failures.append("\(EscapedBytes.string(path.bytes)): cannot write: \(error)")
      }
    }
    if !hasFailed { for line in failures { log.warning(line) } }
    hasFailed = !failures.isEmpty
  }

  /// Takes the status away at the end: there is nothing to be told of any more.
  func remove() {
    guard let status else { return }
    try? NewFile.remove(status)
  }
}
