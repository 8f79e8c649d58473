// SPDX-License-Identifier: Apache-2.0

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
