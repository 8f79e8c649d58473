// SPDX-License-Identifier: Apache-2.0

/// An NFS file handle as far as its bytes tell: handles are opaque to clients, each server makes its own.
///
/// Two servers mark theirs. Linux (`struct knfsd_fh`, fs/nfsd/nfsfh.h): version 1, two types, the export, the file.
/// NFS-Ganesha (`file_handle_v4_t`, src/include/nfs_fh.h): 0x43, flags, export number, length, the storage layer's own
/// bytes. Everything else stays opaque.
public struct NFSFileHandle: Equatable, Sendable {
  /// Which server's form the handle has.
  public enum Server: String, Sendable {
    /// The Linux kernel's own server.
    case linux
    /// NFS-Ganesha.
    case ganesha
    /// None that is known here.
    case unknown
  }

  /// Whose form the handle has.
  public var server: Server
  /// The byte order of the server, where the handle proves it: one of its 64-bit numbers would be 2⁵⁶ or more in the
  /// other order, and no file system counts so far.
  public var serverByteOrder: ByteOrder?
  /// The facts in reading order. Where the server's byte order is not known and makes a difference, a number stands
  /// twice, with `_little_endian` and `_big_endian` after its name.
  public var fields: [NetfsField]

  /// Reads a handle whose length is known.
  public init(_ handle: Span<UInt8>) {
    if let little = LinuxHandle(handle, .little), let big = LinuxHandle(handle, .big) {
      server = .linux
      if little.isCredible != big.isCredible { serverByteOrder = little.isCredible ? .little : .big }
      fields = [NetfsField("handle", .text("Linux server"))]
      if let serverByteOrder {
        fields.append(NetfsField("server_byte_order", .text(serverByteOrder.rawValue)))
        fields += serverByteOrder == .little ? little.fields : big.fields
      } else {
        fields += OrderSensitiveField.both(little: little.fields, big: big.fields)
      }
      return
    }
    if let length = Self.ganeshaLength(handle), Self.isPadded(handle, from: length) {
      server = .ganesha
      fields = [
        NetfsField("handle", .text("NFS-Ganesha server")), NetfsField("handle_flags", .identifier(UInt64(handle[1]))),
        NetfsField("export_id", .number(UInt64(handle.load(UInt16.self, at: 2, .big)))),
        NetfsField("storage_handle", .opaque(handle.extracting(5..<length).array)),
      ]
      return
    }
    server = .unknown
    fields = [NetfsField("handle", .opaque(handle.array))]
  }

  /// The length that a handle of NFS-Ganesha says it has, nil when it is none.
  static func ganeshaLength(_ handle: Span<UInt8>) -> Int? {
    guard handle.count > 5, handle[0] == 0x43, handle[4] > 0 else { return nil }
    let length = 5 + Int(handle[4])
    return length <= handle.count ? length : nil
  }

  /// Whether less than a word of zero bytes follows; NFSv3 handles of Ganesha are padded to whole words.
  private static func isPadded(_ handle: Span<UInt8>, from length: Int) -> Bool {
    guard handle.count == length || handle.count == (length + 3) & ~3 else { return false }
    for index in length..<handle.count where handle[index] != 0 { return false }
    return true
  }
}

/// One reading of a Linux server's handle: four bytes (version, 0, type of the export's part, type of the file's part),
/// then the two parts in words of the server's byte order.
private struct LinuxHandle {
  var fields: [NetfsField] = []
  /// Whether every 64-bit number is below 2⁵⁶.
  var isCredible = true

  private let byteOrder: ByteOrder

  init?(_ handle: Span<UInt8>, _ byteOrder: ByteOrder) {
    guard handle.count >= 4, handle.count % 4 == 0, handle[0] == 1, handle[1] == 0, handle[2] <= 7 else { return nil }
    self.byteOrder = byteOrder
    let lengths = [8, 4, 12, 8, 8, 8, 16, 24]
    let fileStart = 4 + lengths[Int(handle[2])]
    guard handle.count >= fileStart, handle[3] != 0 || handle.count == fileStart else { return nil }
    readExport(type: handle[2], handle.extracting(4..<fileStart))
    readFile(type: handle[3], handle.extracting(fileStart..<handle.count))
  }

  /// The part that names the export, by `fsid_type`: `mk_fsid` (fs/nfsd/nfsfh.h).
  private mutating func readExport(type: UInt8, _ part: Span<UInt8>) {
    switch type {
    case 0:
      add("export_device", .text("\(part.load(UInt16.self, at: 0, .big)):\(part.load(UInt16.self, at: 2, .big))"))
      add32("export_inode", part, at: 4)
    case 1: add32("export_fsid", part, at: 0)
    case 2:
      add("export_device", .text("\(part.load(UInt32.self, at: 0, .big)):\(part.load(UInt32.self, at: 4, .big))"))
      add32("export_inode", part, at: 8)
    case 3:
      let device = part.load(UInt32.self, at: 0, byteOrder)
      add("export_device", .text("\(device >> 8 & 0xfff):\(device & 0xff | device >> 12 & 0xfff00)"))
      add32("export_inode", part, at: 4)
    case 4:
      add32("export_inode", part, at: 0)
      add("export_uuid_32_bits", .opaque(part.extracting(4..<8).array))
    case 5: add("export_uuid_64_bits", .opaque(part.array))
    case 6: add("export_uuid", .text(UUIDText.string(part)))
    default:
      add64("export_inode", part, at: 0)
      add("export_uuid", .text(UUIDText.string(part.extracting(8..<24))))
    }
  }

  /// The part that names the file, by `fileid_type`: `enum fid_type` (include/linux/exportfs.h).
  private mutating func readFile(type: UInt8, _ part: Span<UInt8>) {
    switch (type, part.count) {
    case (0, _): add("file", .text("root of the export"))
    case (0x01, 8), (0x02, 12), (0x02, 16):
      add32("inode", part, at: 0)
      add32("generation", part, at: 4)
      if part.count > 8 { add32("parent_inode", part, at: 8) }
      if part.count > 12 { add32("parent_generation", part, at: 12) }
    case (0x81, 12), (0x82, 24):
      add64("inode", part, at: 0)
      add32("generation", part, at: 8)
      if part.count > 12 {
        add64("parent_inode", part, at: 12)
        add32("parent_generation", part, at: 20)
      }
    case (0x4d, 20), (0x4e, 32), (0x4f, 40):
      add64("inode", part, at: 0)
      add64("subvolume", part, at: 8)
      add32("generation", part, at: 16)
      if part.count > 20 {
        add64("parent_inode", part, at: 20)
        add32("parent_generation", part, at: 28)
      }
      if part.count > 32 { add64("parent_subvolume", part, at: 32) }
    default:
      if readReexport(type: type, part) { return }
      add("file_id_type", .identifier(UInt64(type)))
      add("file_id", .opaque(part.array))
    }
  }

  /// A file of an NFS mount that this server exports again: the handle that its client gives, whose type is its length
  /// in words (``NFSClientHandle``), with the handle of the origin's server in it.
  private mutating func readReexport(type: UInt8, _ part: Span<UInt8>) -> Bool {
    guard part.count == Int(type) * 4 else { return false }
    if let file = NFSClientHandle(reexported: part, byteOrder) {
      add(file)
      return true
    }
    guard let file = NFSClientHandle(reexported: part, byteOrder.opposite) else { return false }
    // Sensible in the other order only: this reading is the wrong one.
    isCredible = false
    add(file)
    return true
  }

  private mutating func add(_ file: NFSClientHandle) {
    add("reexported", .text("an NFS mount of the server"))
    add("origin_file_id", .number(file.fileNumber))
    add("origin_file_type", .text(NFSClientHandle.typeName(file.fileType)))
    add("origin_handle", .opaque(file.serverHandle))
    add("origin_handle_bytes", .number(UInt64(file.serverHandle.count)))
    let origin = NFSFileHandle(file.serverHandle.span)
    guard origin.server != .unknown else { return }
    for field in origin.fields { add("origin_" + field.name, field.value) }
  }

  private mutating func add(_ name: String, _ value: NetfsField.Value) { fields.append(NetfsField(name, value)) }

  private mutating func add32(_ name: String, _ part: Span<UInt8>, at offset: Int) {
    add(name, .number(UInt64(part.load(UInt32.self, at: offset, byteOrder))))
  }

  private mutating func add64(_ name: String, _ part: Span<UInt8>, at offset: Int) {
    let value = part.load(UInt64.self, at: offset, byteOrder)
    if value >= 1 << 56 { isCredible = false }
    add(name, .number(value))
  }
}
