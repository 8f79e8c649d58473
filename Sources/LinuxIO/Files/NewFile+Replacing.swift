// SPDX-License-Identifier: Apache-2.0
import Glibc
public import SystemPackage

extension NewFile {
  /// Puts new content in the place of a file, or makes it: a reader sees the old file or the new one, whole. It is written beside it,
  /// as `.NAME.cachefiles-new`, and renamed; what is there is never changed. What a process that was killed left under that name goes.
  ///
  /// - Parameter isDurable: whether it is on the disk when this returns.
  /// - Throws: `Errno`; EEXIST while another process is at it for seconds.
  public static func replace(
    _ path: FilePath, with bytes: [UInt8], permissions: UInt16 = 0o600, isDurable: Bool = false
  ) throws(Errno) {
    guard let last = path.lastComponent, let name = EntryName(FilePath(root: nil, [last]).bytes) else {
      throw .isDirectory
    }
    guard let beside = EntryName([UInt8(ascii: ".")] + name.bytes + Array(".cachefiles-new".utf8)) else {
      throw .fileNameTooLong
    }
    let parent = try OwnedDescriptor(directory: Self.parent(of: path), keepsAccessTime: false)
    let draft = FilePath(bytes: Self.parent(of: path).bytes + [UInt8(ascii: "/")] + beside.bytes)
    let new = try whenFree(beside, in: parent) { () throws(Errno) in try NewFile(draft) }
    // Who is alive holds this lock as long as the draft has its name. Not every file system has locks.
    _ = try? new.file.lock()
    if permissions != 0o600 { try new.file.setPermissions(permissions) }
    try new.file.append(bytes)
    if isDurable { try new.file.synchronize() }
    try whenFree(beside, in: parent) { () throws(Errno) in try new.keep() }
    do throws(Errno) {
      // A draft that has its name from the start can have lost it before it was locked.
      guard try parent.status(of: beside).inode == new.file.status().inode else { throw .fileExists }
      try parent.rename(beside, to: parent, name, .replace)
    } catch {
      if error != .fileExists { try? parent.unlink(beside) }
      throw error
    }
    if isDurable { try parent.synchronize() }
  }

  /// Does what needs a name that is free; a file there that nobody holds is removed, another one is waited for, for two seconds.
  private static func whenFree<T>(
    _ name: EntryName, in parent: borrowing OwnedDescriptor, _ body: () throws(Errno) -> T
  ) throws(Errno) -> T {
    for _ in 0..<100 {
      do throws(Errno) { return try body() } catch {
        guard error == .fileExists else { throw error }
      }
      if try !removeAbandoned(name, in: parent) { Pause.microseconds(20_000) }
    }
    throw .fileExists
  }

  /// Removes a draft unless a process that is alive has it locked.
  private static func removeAbandoned(_ name: EntryName, in parent: borrowing OwnedDescriptor) throws(Errno) -> Bool {
    do throws(Errno) {
      guard try parent.status(of: name).kind == .regular else { throw .fileExists }
      let old = try parent.open(name, .write)
      guard (try? old.lock()) ?? true else { return false }
      guard try parent.status(of: name).inode == old.status().inode else { return true }
      try parent.unlink(name)
    } catch {
      guard error == .noSuchFileOrDirectory else { throw error }
    }
    return true
  }
}
