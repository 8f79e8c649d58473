// SPDX-License-Identifier: Apache-2.0
import CachefilesTrust
import LinuxIO
import Synchronization

/// Takes the answers for files from any thread: lines go out at once, what a document or the report names is kept.
final class VerifyPrinter: Sendable {
  private let shared: SharedOutput
  private let root: [UInt8]
  /// Files of which something is to be said, but for those that are wrong, which the report has.
  private let notable = Guarded<[VerifiedFile]>([])

  /// More than these are counted and not named.
  private static let mostNotable = 10_000

  /// - Parameter root: the path of the cache.
  init(_ output: Output, root: [UInt8]) {
    shared = SharedOutput(output)
    self.root = root
  }

  /// Takes a file.
  var add: @Sendable (VerifiedFile) -> Void { { [self] in take($0) } }

  private func take(_ file: VerifiedFile) {
    if shared.output.format == .lines {
      // What becomes of a wrong object is known at the end.
      if file.state == .wrong { return }
      return write(file)
    }
    guard file.state.isOpen else { return }
    notable.withLock { if $0.count < Self.mostNotable { $0.append(file) } }
  }

  private func write(_ file: VerifiedFile) {
    var buffer: [UInt8] = []
    shared.output.append(VerifiedFileView(file: file), command: "verify", root: root, to: &buffer)
    shared.write(buffer)
  }

  /// Prints what it came to.
  func finish(_ report: VerifyReport, hasSample: Bool) {
    if shared.output.format == .lines {
      for file in report.wrong { write(file) }
    } else {
      let others = notable.withLock { $0 }.sorted { $0.path.lexicographicallyPrecedes($1.path) }
      shared.output.render(VerifyView(report: report, others: others, hasSample: hasSample), command: "verify")
    }
    shared.output.stream.flush()
  }
}
