// SPDX-License-Identifier: Apache-2.0

/// A 9P volume key: `9p,<device>,<cache tag or aname>`, made by `v9fs_cache_session_get_cookie` (fs/9p/cache.c).
///
/// Every `/` of the whole key was replaced by `;`, which cannot be undone. Both parts may hold commas, so that the
/// division is known only when there is exactly one.
public struct NinePVolume: Equatable, Sendable {
  /// Everything after `9p,`.
  public var name: [UInt8]
  /// The device name of the mount; nil when more than one division is possible.
  public var device: [UInt8]?
  /// The cache tag, or the exported tree when no tag was given; nil when more than one division is possible.
  public var tag: [UInt8]?

  init(_ key: Span<UInt8>) throws(VolumeKeyReader.Failure) {
    var reader = VolumeKeyReader(key)
    _ = try reader.field("netfs")
    name = try reader.rest("device")
    guard let comma = name.firstIndex(of: UInt8(ascii: ",")) else {
      throw .init(reason: "the key ends before the field tag")
    }
    if name.lastIndex(of: UInt8(ascii: ",")) == comma {
      device = Array(name[..<comma])
      tag = Array(name[(comma + 1)...])
    }
  }

  var fields: [NetfsField] {
    guard let device, let tag else { return [NetfsField("device_and_tag", .bytes(name))] }
    return [NetfsField("device", .bytes(device)), NetfsField("tag", .bytes(tag))]
  }
}
