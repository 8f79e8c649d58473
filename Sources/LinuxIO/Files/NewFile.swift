// SPDX-License-Identifier: Apache-2.0
import Glibc
public import SystemPackage

/// A new file by a path that the user gave: it appears whole, under a name that was free, or not at all.
public final class NewFile: Sendable {
  /// The file, open for writing.
  public let file: OwnedDescriptor
  private let parent: OwnedDescriptor
  private let name: EntryName
  /// Whether the file has its name from the start, where its file system has no files without one.
  private let isNamed: Bool
  private let state = Kept()

  private final class Kept: Sendable {
    nonisolated(unsafe) var isKept = false
  }

  /// Makes a file without a name in the directory of the path, for the owner alone.
  ///
  /// The corresponding C function is `openat` with `O_TMPFILE`; where the file system lacks that, `O_CREAT | O_EXCL`.
  /// - Throws: `Errno`; EEXIST when the name is taken.
  public init(_ path: FilePath) throws(Errno) {
    guard let last = path.lastComponent, let name = EntryName(FilePath(root: nil, [last]).bytes) else {
      throw .isDirectory
    }
    let parent = try OwnedDescriptor(directory: Self.parent(of: path), keepsAccessTime: false)
    do throws(Errno) {
      _ = try parent.status(of: name)
      throw .fileExists
    } catch {
      guard error == .noSuchFileOrDirectory else { throw error }
    }
    let made: OwnedDescriptor
    var isNamed = false
    do throws(Errno) { made = try parent.openUnnamed() } catch {
      guard [.notSupported, .notSupportedOnSocket, .isDirectory, .invalidArgument].contains(error) else { throw error }
      made = try parent.open(name, .create(permissions: 0o600))
      isNamed = true
    }
    self.name = name
    self.parent = parent
    self.isNamed = isNamed
    file = made
  }

  deinit {
    guard isNamed, !state.isKept, let now = try? parent.status(of: name), let mine = try? file.status(),
      now.inode == mine.inode
    else { return }
    try? parent.unlink(name)
  }

  /// Gives the file its name.
  ///
  /// The corresponding C function is `linkat`.
  /// - Throws: `Errno`; EEXIST when somebody has taken the name meanwhile.
  public func keep() throws(Errno) {
    if !isNamed { try file.linkUnnamed(to: parent, name) }
    state.isKept = true
  }

  /// Removes a file by its path. The corresponding C function is `unlinkat`.
  ///
  /// - Throws: `Errno`.
  public static func remove(_ path: FilePath) throws(Errno) {
    guard let last = path.lastComponent, let name = EntryName(FilePath(root: nil, [last]).bytes) else {
      throw .isDirectory
    }
    try OwnedDescriptor(directory: parent(of: path), keepsAccessTime: false).unlink(name)
  }

  /// The directory that a path's last component is in.
  public static func parent(of path: FilePath) -> FilePath {
    let directory = path.removingLastComponent()
    return directory.isEmpty ? "." : directory
  }
}
