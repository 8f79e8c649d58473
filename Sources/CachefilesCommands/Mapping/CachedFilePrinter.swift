// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO
import Synchronization

/// Takes the answers for files from any thread, and prints them at once or keeps them, as the form of output needs it.
final class CachedFilePrinter: Sendable {
  /// The forms.
  enum Form: Equatable, Sendable {
    /// Files are kept for a table.
    case table
    /// Files are kept for one document.
    case document
    /// Only totals of directories are wanted.
    case tree
    /// One JSON line a file, at once.
    case lines
    /// Plain paths, at once: of files that are wholly cached, or that are not.
    case paths(isCached: Bool, isNull: Bool)
  }

  let form: Form
  private let shared: SharedOutput
  private let root: [UInt8]
  private let files = Guarded<[JudgedFile]>([])

  /// - Parameter root: the path of the cache.
  init(_ output: Output, root: [UInt8], form: Form) {
    self.root = root
    self.form = form
    shared = SharedOutput(output)
  }

  /// The files that were kept, by path.
  var kept: [JudgedFile] {
    files.withLock { $0 }.sorted { $0.path.lexicographicallyPrecedes($1.path) }
  }

  func add(_ file: JudgedFile) {
    switch form {
    case .table, .document: files.withLock { $0.append(file) }
    case .tree: break
    case .lines:
      var buffer: [UInt8] = []
      shared.output.append(CachedFileView(file: file), command: "cached", root: root, to: &buffer)
      shared.write(buffer)
    case .paths(let isCached, let isNull):
      switch file.judgement.state {
      case .cached: if !isCached { return }
      case .partial, .empty, .absent, .stale, .dirty: if isCached { return }
      case .unknown:
        if !isCached {
          let reason = file.judgement.reason.map { ": \($0)" } ?? ""
          StandardError.line("cachefiles: \(EscapedBytes.string(file.path)): cannot be told\(reason)")
        }
        return
      }
      var buffer: [UInt8] = []
      if isNull { buffer += file.path } else { EscapedBytes.append(file.path.span, to: &buffer) }
      buffer.append(isNull ? 0 : 10)
      shared.write(buffer)
    }
  }
}
