// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import LinuxIO
package import SystemPackage

/// A file that a report is written to as a whole: whoever reads it sees the old text or the new one, never a part. So do
/// collectors that read a directory of files now and then.
///
/// The text goes to a file of another name in the same directory first, `.NAME.PROCESS`, which is renamed when it is on
/// the disk. Only regular files are replaced like this: a link is followed to the file that it leads to, and a device, a
/// pipe or a socket is written to as it is. Nothing is written into the cache that the report is about.
package final class ReportFile: Sendable {
  /// The path that was given.
  package let path: FilePath
  private let target: Target

  /// Where the text goes.
  private enum Target {
    /// A regular file, there or not, by its directory and name.
    case file(EntryName, SharedDescriptor)
    /// What has no old text to replace: a device, a pipe.
    case stream(SharedDescriptor)
  }

  /// Prepares a report; the directory must exist.
  ///
  /// - Throws: ``StoreError`` when the directory cannot be opened, lies in the cache, or the path names no file.
  package static func prepare(_ path: FilePath, about store: borrowing Store) throws(StoreError) -> ReportFile {
    var real = path
    do throws(Errno) {
      let there = try OwnedDescriptor.place(path: path)
      switch try there.status().kind {
      case .regular:
        // A link gives way to nothing: what it leads to is replaced.
        guard let resolved = there.resolvedPath else { throw .noSuchFileOrDirectory }
        real = FilePath(bytes: resolved)
      case .directory: throw .isDirectory
      default: return ReportFile(path, .stream(SharedDescriptor(try OwnedDescriptor.sink(path: path))))
      }
    } catch {
      guard error == .noSuchFileOrDirectory else { throw failure(path, error) }
    }
    let name = try name(of: real)
    let directory = try openParent(of: real, store)
    if real == path, (try? directory.status(of: name))?.kind == .symlink {
      throw failure(path, .noSuchFileOrDirectory, "a link that leads nowhere")
    }
    return ReportFile(path, .file(name, SharedDescriptor(directory)))
  }

  private init(_ path: FilePath, _ target: Target) {
    self.path = path
    self.target = target
  }

  private static func name(of path: FilePath) throws(StoreError) -> EntryName {
    guard let last = path.lastComponent, let name = EntryName(FilePath(root: nil, [last]).bytes) else {
      throw failure(path, .invalidArgument, "it has no name")
    }
    return name
  }

  private static func openParent(of path: FilePath, _ store: borrowing Store) throws(StoreError) -> OwnedDescriptor {
    let parent = path.removingLastComponent()
    do throws(Errno) {
      let directory = try OwnedDescriptor(directory: parent.isEmpty ? "." : parent, keepsAccessTime: false)
      if try store.forbids(directory) { throw .invalidArgument }
      return directory
    } catch {
      throw failure(path, error, error == .invalidArgument ? "it would lie in a cache" : nil)
    }
  }

  /// Writes the report.
  ///
  /// - Throws: ``StoreError``; an old file is as it was.
  package func write(_ bytes: [UInt8]) throws(StoreError) {
    let draft = try draft()
    try draft.append(bytes)
    try draft.keep()
  }

  /// Begins a report that is written in pieces; the old file gives way to it at the end.
  ///
  /// - Throws: ``StoreError``.
  package func draft() throws(StoreError) -> ReportDraft {
    do throws(Errno) {
      switch target {
      case .stream(let stream): return ReportDraft(path, to: stream)
      case .file(let name, let directory): return try ReportDraft(path, name, in: directory)
      }
    } catch {
      throw Self.failure(path, error)
    }
  }

  static func failure(_ path: FilePath, _ error: Errno, _ note: String? = nil) -> StoreError {
    StoreError(path: path.bytes, operation: "write the report", error: error, note: note)
  }
}
