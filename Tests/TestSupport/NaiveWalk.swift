// SPDX-License-Identifier: Apache-2.0
import CAttr
import Foundation
import LinuxIO

/// One entry of a directory tree as the C library tells it: nothing of this package is involved.
public struct WalkedEntry: Sendable, Equatable {
  /// The path below the start, as bytes; empty for the start itself.
  public var path: [UInt8]
  /// The mode with the type bits.
  public var mode: UInt32
  /// The length in bytes.
  public var size: Int64
  /// Allocated bytes.
  public var allocated: UInt64
  /// The inode number.
  public var inode: UInt64
  /// The number of hard links.
  public var links: UInt64
  /// The owner.
  public var owner: UInt32
  /// The group.
  public var group: UInt32
  /// Last access, nanoseconds since 1970.
  public var accessTime: Int64
  /// Last change of the data, nanoseconds since 1970.
  public var modificationTime: Int64
  /// Last change of the inode, nanoseconds since 1970.
  public var changeTime: Int64

  /// Whether it is a directory.
  public var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
  /// Whether it is a regular file.
  public var isRegular: Bool { mode & S_IFMT == S_IFREG }
  /// The components of the path.
  public var components: [[UInt8]] { path.split(separator: UInt8(ascii: "/")).map { Array($0) } }
}

/// A plain recursive walk with `readdir` and `lstat`, to compare with.
public enum NaiveWalk {
  /// Everything at and below a directory, in the order of the paths.
  public static func entries(_ root: String) -> [WalkedEntry] {
    var entries: [WalkedEntry] = []
    if let entry = status(root, []) { entries.append(entry) }
    descend(root, [], &entries)
    return entries.sorted { precedes($0.path, $1.path) }
  }

  /// The value of an attribute of a file, links not followed; nil when it has none.
  public static func attribute(_ path: [UInt8], _ name: String = "user.CacheFiles.cache") -> [UInt8]? {
    var value = [UInt8](repeating: 0, count: 65536)
    let count = (path + [0]).withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { lgetxattr($0.baseAddress, name, &value, value.count) }
    }
    return count < 0 ? nil : Array(value[..<count])
  }

  /// The runs of data of a file: offset and length.
  public static func extents(_ path: String) -> [[Int64]] {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    let (findData, findHole): (Int32, Int32) = (3, 4)
    var runs: [[Int64]] = []
    var position: off_t = 0
    while true {
      let start = lseek(descriptor, position, findData)
      guard start >= 0 else { return runs }
      let end = lseek(descriptor, start, findHole)
      runs.append([Int64(start), Int64(end - start)])
      position = end
    }
  }

  /// A sum over a file's bytes that tells contents apart, read without changing the access time. It is another one in every
  /// process.
  public static func contentSum(_ path: String) -> Int {
    let descriptor = open(path, O_RDONLY | 0o1000000)
    guard descriptor >= 0 else { return 0 }
    defer { close(descriptor) }
    var hasher = Hasher()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      guard count > 0 else { return hasher.finalize() }
      hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  /// Sets an attribute of a file. False when the file system does not take it.
  public static func setAttribute(_ path: String, _ value: [UInt8], _ name: String = "user.CacheFiles.cache") -> Bool {
    setxattr(path, name, value, value.count, 0) == 0
  }

  /// The bytes that `du -s` counts below a directory.
  public static func diskUsage(_ root: String) throws -> UInt64 {
    let result = try Command.run("/usr/bin/du", ["-s", "--block-size=1", root])
    return UInt64(result.text.prefix { $0.isNumber }) ?? 0
  }

  /// The order of bytes, by the C library: the tests are not optimised.
  private static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    let common = min(left.count, right.count)
    let order = left.withUnsafeBytes { first in
      right.withUnsafeBytes { second in
        guard let first = first.baseAddress, let second = second.baseAddress else { return CInt(0) }
        return memcmp(first, second, common)
      }
    }
    return order == 0 ? left.count < right.count : order < 0
  }

  private static func status(_ root: String, _ path: [UInt8]) -> WalkedEntry? {
    var raw = stat()
    let full = Array(root.utf8) + (path.isEmpty ? [] : [UInt8(ascii: "/")]) + path + [0]
    let failed = full.withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { $0.baseAddress.map { lstat($0, &raw) } ?? -1 }
    }
    guard failed == 0 else { return nil }
    func nanoseconds(_ time: timespec) -> Int64 {
      Timestamp(seconds: Int64(time.tv_sec), nanoseconds: UInt32(time.tv_nsec)).clampedNanoseconds
    }
    return WalkedEntry(
      path: path, mode: raw.st_mode, size: Int64(raw.st_size), allocated: UInt64(raw.st_blocks) * 512,
      inode: UInt64(raw.st_ino), links: UInt64(raw.st_nlink), owner: raw.st_uid, group: raw.st_gid,
      accessTime: nanoseconds(raw.st_atim),
      modificationTime: nanoseconds(raw.st_mtim), changeTime: nanoseconds(raw.st_ctim))
  }

  private static func descend(_ root: String, _ path: [UInt8], _ entries: inout [WalkedEntry]) {
    let full = Array(root.utf8) + [UInt8(ascii: "/")] + path + [0]
    // O_NOATIME, so that looking does not change what is looked at.
    let descriptor = full.withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) {
        $0.baseAddress.map { open($0, O_RDONLY | O_DIRECTORY | 0o1000000) } ?? -1
      }
    }
    guard descriptor >= 0, let directory = fdopendir(descriptor) else { return }
    defer { closedir(directory) }
    while let record = readdir(directory) {
      let name = withUnsafePointer(to: &record.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: UInt8.self, capacity: 256) {
          Array(UnsafeBufferPointer(start: $0, count: strlen($0)))
        }
      }
      if name == [0x2e] || name == [0x2e, 0x2e] { continue }
      let below = path.isEmpty ? name : path + [UInt8(ascii: "/")] + name
      guard let entry = status(root, below) else { continue }
      entries.append(entry)
      if entry.isDirectory { descend(root, below, &entries) }
    }
  }
}
