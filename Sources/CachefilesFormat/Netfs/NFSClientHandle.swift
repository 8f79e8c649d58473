// SPDX-License-Identifier: Apache-2.0

/// The handle that an NFS client gives for a file, `name_to_handle_at(2)`: the client's own wrapping of the server's
/// handle, which is the cookie key.
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 4 | file number, upper half |
/// | 4 | 4 | file number, lower half |
/// | 8 | 4 | file type bits of the mode |
/// | 12 | 2 | length n of the server's handle |
/// | 14 | n | the server's handle |
/// | 14 + n | 0 to 3 | zeros up to a whole word |
///
/// Numbers are in the order of the machine, and the type of the handle is its length in words. Mirrors `nfs_encode_fh`
/// (fs/nfs/export.c).
public struct NFSClientHandle: Equatable, Sendable {
  /// The server's number of the file.
  public var fileNumber: UInt64
  /// The file type bits shifted by 12: 8 is a regular file, as in `d_type`.
  public var fileType: UInt8
  /// The server's handle: the cookie key.
  public var serverHandle: [UInt8]
  /// The order in which the numbers were found to stand.
  public var byteOrder: ByteOrder

  /// The longest handle that the system call gives, in bytes: `MAX_HANDLE_SZ` (include/linux/exportfs.h).
  public static let maximumLength = 128
  /// The longest server's handle that fits, in bytes.
  public static let longestServerHandle = maximumLength - headerLength

  private static let headerLength = 14

  /// Why bytes are no handle of an NFS client.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The type of the handle, which is its number of words, does not belong to so many bytes.
    case wrongType(type: Int32, count: Int)
    /// In neither byte order do the fields say what the file's status says; the reason for each, this machine's first.
    case inconsistent(String, String)

    /// The failure as one line.
    public var description: String {
      switch self {
      case .wrongType(let type, let count):
        "a handle of type \(type) with \(count) bytes: that of an NFS file has a quarter of its bytes as type"
      case .inconsistent(let first, let second):
        "a handle that NFS did not make: \(first); in the other byte order \(second)"
      }
    }
  }

  /// Reads a handle and checks all of it; this machine's byte order is tried first, then the other.
  ///
  /// - Parameters:
  ///   - bytes: the `f_handle` of `struct file_handle`.
  ///   - type: its `handle_type`.
  ///   - fileType: the type of the file by its status, shifted by 12.
  ///   - inode: the inode number of the file by its status.
  ///   - byteOrder: the order to try first.
  /// - Throws: ``Failure`` when it is none.
  public init(
    _ bytes: Span<UInt8>, type: Int32, fileType: UInt8, inode: UInt64, byteOrder: ByteOrder = .host
  ) throws(Failure) {
    guard bytes.count > Self.headerLength, bytes.count % 4 == 0, Int(type) == bytes.count / 4 else {
      throw .wrongType(type: type, count: bytes.count)
    }
    guard let first = Self.defect(bytes, byteOrder, fileType, inode) else {
      self.init(checked: bytes, byteOrder)
      return
    }
    guard let second = Self.defect(bytes, byteOrder.opposite, fileType, inode) else {
      self.init(checked: bytes, byteOrder.opposite)
      return
    }
    throw .inconsistent(first, second)
  }

  /// Reads the handle that an NFS server hands out for a file of an NFS mount that it exports again, in one byte order;
  /// nil when the fields do not fit each other.
  init?(reexported bytes: Span<UInt8>, _ order: ByteOrder) {
    guard bytes.count > Self.headerLength, bytes.count % 4 == 0 else { return nil }
    let type = UInt8(truncatingIfNeeded: bytes.load(UInt32.self, at: 8, order) >> 12)
    guard Self.typeNames[type] != nil, Self.defect(bytes, order, type, Self.number(bytes, order)) == nil else {
      return nil
    }
    self.init(checked: bytes, order)
  }

  /// The file types of a mode, shifted by 12.
  private static let typeNames: [UInt8: String] = [
    1: "FIFO", 2: "character device", 4: "directory", 6: "block device", 8: "regular file", 10: "symbolic link",
    12: "socket",
  ]

  /// A file type in words.
  static func typeName(_ type: UInt8) -> String { typeNames[type] ?? "type \(type)" }

  private init(checked bytes: Span<UInt8>, _ order: ByteOrder) {
    fileNumber = Self.number(bytes, order)
    fileType = UInt8(truncatingIfNeeded: bytes.load(UInt32.self, at: 8, order) >> 12)
    let end = Self.headerLength + Int(bytes.load(UInt16.self, at: 12, order))
    serverHandle = bytes.extracting(Self.headerLength..<end).array
    byteOrder = order
  }

  private static func number(_ bytes: Span<UInt8>, _ order: ByteOrder) -> UInt64 {
    UInt64(bytes.load(UInt32.self, at: 0, order)) << 32 | UInt64(bytes.load(UInt32.self, at: 4, order))
  }

  /// What is wrong with the fields when they are read in an order; nil for nothing.
  private static func defect(
    _ bytes: Span<UInt8>, _ order: ByteOrder, _ fileType: UInt8, _ inode: UInt64
  ) -> String? {
    let bits = bytes.load(UInt32.self, at: 8, order)
    guard bits == UInt32(fileType) << 12 else {
      return "the type bits are 0x\(String(bits, radix: 16)), not 0x\(String(UInt32(fileType) << 12, radix: 16))"
    }
    let number = number(bytes, order)
    // With nfs.enable_ino64=0 the status has both halves folded into one: nfs_compat_user_ino64 (fs/nfs/inode.c).
    guard inode == number || inode == UInt64(UInt32(truncatingIfNeeded: number ^ number >> 32)) else {
      return "the file number is \(number), the inode number \(inode)"
    }
    let length = Int(bytes.load(UInt16.self, at: 12, order))
    let end = headerLength + length
    guard length > 0, end <= bytes.count, bytes.count - end < 4 else {
      return "the server's handle would have \(length) of \(bytes.count - headerLength) bytes"
    }
    for index in end..<bytes.count where bytes[index] != 0 { return "bytes that are not zero follow the handle" }
    return nil
  }

  /// The bytes of the handle, for `open_by_handle_at(2)`.
  public static func bytes(
    serverHandle: [UInt8], fileNumber: UInt64, fileType: UInt8, byteOrder: ByteOrder = .host
  ) -> [UInt8]? {
    guard !serverHandle.isEmpty, serverHandle.count <= longestServerHandle else { return nil }
    var bytes: [UInt8] = []
    bytes.append(UInt32(truncatingIfNeeded: fileNumber >> 32), byteOrder)
    bytes.append(UInt32(truncatingIfNeeded: fileNumber), byteOrder)
    bytes.append(UInt32(fileType) << 12, byteOrder)
    bytes.append(UInt16(serverHandle.count), byteOrder)
    bytes += serverHandle
    while bytes.count % 4 != 0 { bytes.append(0) }
    return bytes
  }
}
