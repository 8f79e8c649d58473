// SPDX-License-Identifier: Apache-2.0
import CachefilesTrust
import LinuxIO
import Synchronization

/// Takes what came of files: lines go out at once, what a document or the report names is kept.
final class PrefillPrinter: Sendable {
  private let shared: SharedOutput
  private let root: [UInt8]
  private let notable = Guarded<[FilledFile]>([])

  /// More than these are counted and not named.
  private static let mostNotable = 10_000

  /// - Parameter root: the path of the cache.
  init(_ output: Output, root: [UInt8]) {
    shared = SharedOutput(output)
    self.root = root
  }

  /// Takes a file.
  var add: @Sendable (FilledFile) -> Void { { [self] in take($0) } }

  private func take(_ file: FilledFile) {
    if shared.output.format == .lines {
      var buffer: [UInt8] = []
      shared.output.append(FilledFileView(file: file), command: "prefill", root: root, to: &buffer)
      return shared.write(buffer)
    }
    if file.state.isDone { return }
    notable.withLock { if $0.count < Self.mostNotable { $0.append(file) } }
  }

  /// Prints what it came to.
  func finish(_ report: PrefillReport) {
    if shared.output.format != .lines {
      let files = notable.withLock { $0 }.sorted { $0.path.lexicographicallyPrecedes($1.path) }
      shared.output.render(PrefillView(report: report, files: files), command: "prefill")
    }
    shared.output.stream.flush()
  }
}
