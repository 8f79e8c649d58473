// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
public import SystemPackage

/// A buffer for the records of a directory, filled by `getdents64(2)`.
///
/// Large buffers are what makes reading a directory cheap: one call brings some thousand names.
public final class DirectoryBuffer: @unchecked Sendable {
  // Owned by one thread at a time: whoever holds the buffer's reference from a work list.
  private let memory: UnsafeMutableRawBufferPointer
  private var filled = 0
  /// Where the records are, by inode number; kept for the next use.
  private var order: [(inode: UInt64, offset: Int)] = []

  /// Makes a buffer of this many bytes.
  public init(capacity: Int) {
    memory = .allocate(byteCount: capacity, alignment: 8)
  }

  deinit { memory.deallocate() }

  /// Reads the next records of a directory. False at its end.
  ///
  /// The corresponding C function is `getdents64`.
  /// - Throws: `Errno`, for example ENOENT when the directory was removed meanwhile.
  public func fill(from directory: borrowing OwnedDescriptor) throws(Errno) -> Bool {
    filled = 0
    let descriptor = directory.raw
    filled = try call(.getdents64) { clinux_getdents64(descriptor, memory.baseAddress, memory.count) }
    return filled > 0
  }

  /// Whether the last fill left no room for another record, so that more records are likely to follow.
  public var isNearlyFull: Bool { filled > memory.count - 1024 }

  /// Calls a closure for each record, without `.` and `..`.
  ///
  /// - Throws: what the closure throws; the records after it are left out.
  @inline(__always)
  public func forEach<E: Error>(_ body: (borrowing DirectoryRecord) throws(E) -> Void) throws(E) {
    guard let base = UnsafeRawPointer(memory.baseAddress) else { return }
    var offset = 0
    while offset < filled {
      let record = base + offset
      if !Self.isSelfOrParent(record + 19) { try body(self.record(at: record)) }
      offset += Int(record.load(fromByteOffset: 16, as: UInt16.self))
    }
  }

  /// Calls a closure for each record, without `.` and `..`, in the order of the inode numbers: the order in which a disk
  /// has the inodes, when each of them will be looked at or changed.
  ///
  /// - Throws: what the closure throws; the records after it are left out.
  @inline(__always)
  public func forEachByInode<E: Error>(_ body: (borrowing DirectoryRecord) throws(E) -> Void) throws(E) {
    guard let base = UnsafeRawPointer(memory.baseAddress) else { return }
    order.removeAll(keepingCapacity: true)
    var offset = 0
    while offset < filled {
      let record = base + offset
      if !Self.isSelfOrParent(record + 19) { order.append((record.load(as: UInt64.self), offset)) }
      offset += Int(record.load(fromByteOffset: 16, as: UInt16.self))
    }
    order.sort { $0.inode < $1.inode }
    for place in order { try body(self.record(at: base + place.offset)) }
  }

  @inline(__always)
  @_lifetime(borrow self)
  private func record(at record: UnsafeRawPointer) -> DirectoryRecord {
    DirectoryRecord(
      name: record + 19, inode: record.load(as: UInt64.self),
      kind: FileStatus.Kind(rawValue: record.load(fromByteOffset: 18, as: UInt8.self)) ?? .unknown, in: self)
  }

  @inline(__always)
  private static func isSelfOrParent(_ name: UnsafeRawPointer) -> Bool {
    guard name.load(as: UInt8.self) == UInt8(ascii: ".") else { return false }
    let second = name.load(fromByteOffset: 1, as: UInt8.self)
    return second == 0 || (second == UInt8(ascii: ".") && name.load(fromByteOffset: 2, as: UInt8.self) == 0)
  }
}
