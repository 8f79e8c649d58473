import CachefilesFormat
import LinuxIO
public import SystemPackage

/// A file that a report is written to as a whole: whoever reads it sees the old text or the new one, never a part. So do
/// collectors that read a directory of files now and then.
///
/// The text goes to a file of another name in the same directory first, `.NAME.PROCESS`, which is renamed when it is on
/// the disk. Only regular files are replaced like this: a link is followed to the file that it leads to, and a device, a
/// pipe or a socket is written to as it is. Nothing is written into the cache that the report is about.
public final class ReportFile: Sendable {
  private let path: FilePath
  private let name: EntryName
  private let directory: OwnedDescriptor

  /// Prepares a report; the directory must exist.
  ///
  /// - Throws: ``StoreError`` when the directory cannot be opened, lies in the cache, or the path names no file.
  public static func prepare(_ path: FilePath, about store: borrowing Store) throws(StoreError) -> ReportFile {
    let name = try name(of: path)
    return ReportFile(path, name, try openParent(of: path, store))
  }

  private init(_ path: FilePath, _ name: EntryName, _ directory: consuming OwnedDescriptor) {
    self.path = path
    self.name = name
    self.directory = directory
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
      if try store.contains(directory) { throw .invalidArgument }
      return directory
    } catch {
      throw failure(path, error, error == .invalidArgument ? "it would lie in the cache" : nil)
    }
  }

  private static func failure(_ path: FilePath, _ error: Errno, _ note: String? = nil) -> StoreError {
    StoreError(path: path.bytes, operation: "write the report", error: error, note: note)
  }

  /// Writes the report.
  ///
  /// - Throws: ``StoreError``; the old file is as it was.
  public func write(_ bytes: [UInt8]) throws(StoreError) {
    let prefix: [UInt8] = [UInt8(ascii: ".")] + name.bytes.prefix(200)
    let suffix = Array(".\(CurrentProcess.identifier)".utf8)
    guard let draft = EntryName(prefix + suffix) else { return }
    do throws(Errno) {
      let file = try directory.open(draft, .create(permissions: 0o644))
      do throws(Errno) {
        try file.append(bytes)
        try file.synchronize()
        try directory.rename(draft, to: directory, name, .replace)
      } catch {
        do throws(Errno) { try directory.unlink(draft) } catch {}
        throw error
      }
    } catch {
      throw Self.failure(path, error)
    }
  }
}
