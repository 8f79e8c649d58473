// SPDX-License-Identifier: Apache-2.0
import CachefilesCheck
import CachefilesFormat
import CachefilesStore
import LinuxIO
import Synchronization

/// Findings as JSON lines, written as they come; nothing for the other forms of output.
final class FindingLines: Sendable {
  private let output: Guarded<Held>
  private let isOn: Bool
  private let root: [UInt8]
  /// What each line begins with.
  private let start: [UInt8]

  /// The stream, used by one thread at a time.
  private struct Held: @unchecked Sendable {
    let stream: OutputStream
  }

  /// - Parameter root: the path of the cache.
  init(_ output: Output, root: [UInt8]) {
    isOn = output.format == .lines
    self.root = root
    start = JSONWriter.membersText { output.head("fsck", root: root, to: &$0) }
    self.output = Guarded(Held(stream: output.stream))
  }

  /// Prints one finding.
  func add(_ finding: Finding) {
    guard isOn else { return }
    var json = JSONWriter(pretty: false)
    json.open()
    json.members(start)
    Self.write(finding, root: root, to: &json)
    json.close()
    json.end()
    output.withLock { held in held.stream.append { $0 += json.bytes } }
  }

  /// Writes what is buffered.
  func flush() { output.withLock { $0.stream.flush() } }

  /// - Parameter root: the path of the cache, with which the paths of findings begin.
  static func write(_ finding: Finding, root: [UInt8], to json: inout JSONWriter) {
    json.text("id", finding.id.rawValue)
    json.text("severity", finding.severity.rawValue)
    let start = root.appending(component: [])
    if finding.path.count > start.count, finding.path.starts(with: start) {
      json.bytes("entry", Array(finding.path[start.count...]))
    }
    json.bytes("path", finding.path)
    json.text("message", finding.message)
    if let repair = finding.repair { json.text("repair", repair.rawValue) } else { json.null("repair") }
    if case .withheld(let verb, let reason) = finding.decision {
      json.object("withheld") { json in
        json.text("repair", verb.rawValue)
        json.text("reason", reason.word)
        json.text("text", reason.description)
      }
    }
    json.bool("repaired", finding.isRepaired)
    json.number("disk_bytes", finding.diskBytes)
  }
}
