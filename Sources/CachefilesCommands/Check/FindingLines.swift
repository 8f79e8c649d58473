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

  /// The stream, used by one thread at a time.
  private struct Held: @unchecked Sendable {
    let stream: OutputStream
  }

  init(_ output: Output) {
    isOn = output.format == .lines
    self.output = Guarded(Held(stream: output.stream))
  }

  /// Prints one finding.
  func add(_ finding: Finding) {
    guard isOn else { return }
    var json = JSONWriter(pretty: false)
    json.object { json in
      json.text("schema", "cachefiles.fsck/1")
      Self.write(finding, to: &json)
    }
    json.end()
    output.withLock { held in held.stream.append { $0 += json.bytes } }
  }

  /// Writes what is buffered.
  func flush() { output.withLock { $0.stream.flush() } }

  static func write(_ finding: Finding, to json: inout JSONWriter) {
    json.text("id", finding.id.rawValue)
    json.text("severity", finding.severity.rawValue)
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
