// SPDX-License-Identifier: Apache-2.0

/// An EROFS volume key: `erofs,<domain or fsid>`, made by `erofs_fscache_register_volume` (fs/erofs/fscache.c, 5.19 to
/// 7.1).
///
/// The cookie key is the name of a blob, its bytes as they are.
public struct EROFSVolume: Equatable, Sendable {
  /// The domain, or the file system's own identifier when it has none.
  public var domain: [UInt8]

  init(_ key: Span<UInt8>) throws(VolumeKeyReader.Failure) {
    var reader = VolumeKeyReader(key)
    _ = try reader.field("netfs")
    domain = try reader.rest("domain")
    if domain.isEmpty { throw .init(reason: "the field domain is empty") }
  }

  var fields: [NetfsField] { [NetfsField("domain", .bytes(domain))] }
}
