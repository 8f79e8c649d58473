// SPDX-License-Identifier: Apache-2.0

/// A CIFS cookie key: what the server calls the file; `cifs_fscache_get_inode_cookie` (fs/smb/client/fscache.c).
///
/// Since 6.9, and in the stable series that took it: 17 bytes, little-endian. Before: the inode number alone, 8 bytes in
/// the order of the machine. Objects of one kind are never found by kernels of the other.
public struct CIFSFile: Equatable, Sendable {
  /// The server's number for the file.
  public var inodeNumber: UInt64
  /// When the file was made; nil in the old form.
  public var created: NTTime?
  /// The file's type as in `stat`, shifted by 12: 8 is a regular file, 4 a directory; nil in the old form.
  public var fileType: UInt8?

  /// Reads exactly 17 or 8 bytes.
  init(_ key: Span<UInt8>, _ byteOrder: ByteOrder) {
    if key.count == 17 {
      inodeNumber = key.load(UInt64.self, at: 0, .little)
      created = NTTime(units: key.load(UInt64.self, at: 8, .little))
      fileType = key[16]
    } else {
      inodeNumber = key.load(UInt64.self, at: 0, byteOrder)
    }
  }

  /// The file's type in words.
  static func typeName(_ type: UInt8) -> String {
    switch type {
    case 1: "fifo"
    case 2: "character device"
    case 4: "directory"
    case 6: "block device"
    case 8: "regular file"
    case 10: "symbolic link"
    case 12: "socket"
    default: "type \(type)"
    }
  }

  var fields: [NetfsField] {
    var fields = [NetfsField("inode_number", .number(inodeNumber))]
    if let created { fields.append(NetfsField("created", created.value)) }
    if let fileType { fields.append(NetfsField("file_type", .text(Self.typeName(fileType)))) }
    return fields
  }
}
