/// A Ceph volume key: `ceph,<fsid>[,<uniquifier>]`, made by `ceph_fscache_register_fs` (fs/ceph/cache.c).
public struct CephVolume: Equatable, Sendable {
  /// The cluster's identifier, a UUID in lower case.
  public var fsid: String
  /// The text of the mount option `fsc=…`; nil when there is none.
  public var uniquifier: [UInt8]?

  init(_ key: Span<UInt8>) throws(VolumeKeyReader.Failure) {
    var reader = VolumeKeyReader(key)
    _ = try reader.field("netfs")
    let uuid = try reader.field("fsid")
    guard UUIDText.isLowerCase(uuid.span) else {
      throw .init(reason: "the field fsid is \(EscapedBytes.quoted(uuid)): not a lower-case UUID")
    }
    fsid = String(decoding: uuid, as: UTF8.self)
    uniquifier = reader.isDone ? nil : try reader.rest("uniquifier")
  }

  var fields: [NetfsField] {
    var fields = [NetfsField("fsid", .text(fsid))]
    if let uniquifier { fields.append(NetfsField("uniquifier", .bytes(uniquifier))) }
    return fields
  }
}

/// A Ceph cookie key: inode number and snapshot, `struct ceph_vino` in the order of the machine (fs/ceph/cache.c).
public struct CephFile: Equatable, Sendable {
  /// The snapshot number that stands for the live file system: `CEPH_NOSNAP`.
  public static let live: UInt64 = 0xffff_ffff_ffff_fffe
  /// The snapshot number of the hidden snapshot directory: `CEPH_SNAPDIR`.
  public static let snapshotDirectory: UInt64 = 0xffff_ffff_ffff_ffff

  /// The inode number.
  public var inodeNumber: UInt64
  /// The snapshot's number.
  public var snapshot: UInt64

  /// Reads exactly 16 bytes.
  init(_ key: Span<UInt8>, _ byteOrder: ByteOrder) {
    inodeNumber = key.load(UInt64.self, at: 0, byteOrder)
    snapshot = key.load(UInt64.self, at: 8, byteOrder)
  }

  /// The byte order that the key proves: that in which the snapshot is the live file system.
  static func provenByteOrder(_ key: Span<UInt8>) -> ByteOrder? {
    ByteOrder.allCases.first { CephFile(key, $0).snapshot == live }
  }

  /// Whether an inode can have such a version, which counts changes, rather than the one that the same bytes are in the
  /// other order: 512 is credible, and so 2⁴⁹ is not.
  static func isCredible(version: UInt64) -> Bool {
    version < NFSCoherency.incredible && version < version.byteSwapped
  }

  var fields: [NetfsField] {
    let place: NetfsField.Value =
      switch snapshot {
      case Self.live: .text("live")
      case Self.snapshotDirectory: .text("snapshot directory")
      default: .identifier(snapshot)
      }
    return [NetfsField("inode_number", .identifier(inodeNumber)), NetfsField("snapshot", place)]
  }
}

/// UUIDs as text.
enum UUIDText {
  /// Whether a text is 8, 4, 4, 4 and 12 lower-case hexadecimal digits with dashes between them.
  static func isLowerCase(_ text: Span<UInt8>) -> Bool {
    guard text.count == 36 else { return false }
    for index in 0..<36 {
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard text[index] == UInt8(ascii: "-") else { return false }
      } else {
        guard Hex.value(of: text[index]) != nil, !(65...70).contains(text[index]) else { return false }
      }
    }
    return true
  }

  /// Sixteen bytes as a UUID, in the order in which they stand.
  static func string(_ bytes: Span<UInt8>) -> String {
    var text: [UInt8] = []
    for index in 0..<bytes.count {
      if index == 4 || index == 6 || index == 8 || index == 10 { text.append(UInt8(ascii: "-")) }
      Hex.append(bytes.extracting(index..<index + 1), to: &text)
    }
    return String(decoding: text, as: UTF8.self)
  }
}
