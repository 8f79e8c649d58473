// SPDX-License-Identifier: Apache-2.0
extension MountEntry {
  /// The network file system of the mount, as the volume keys name it; nil for all others.
  public var netfs: NetfsType? {
    switch type {
    case Array("nfs".utf8), Array("nfs4".utf8): .nfs
    case Array("cifs".utf8), Array("smb3".utf8): .cifs
    case Array("9p".utf8): .ninep
    case Array("afs".utf8): .afs
    case Array("ceph".utf8): .ceph
    case Array("erofs".utf8): .erofs
    default: nil
    }
  }

  /// Whether the mount asks for caching. AFS always does where its kernel can; EROFS when it is mounted by `fsid=`.
  public var asksForCache: Bool {
    switch netfs {
    case .nfs, .cifs, .ceph: has("fsc")
    case .ninep: (options + superOptions).contains { Self.isCaching($0) }
    case .afs: true
    case .erofs: has("fsid")
    case .unknown, nil: false
    }
  }

  /// Before 6.4 `fscache` alone (`v9fs_show_options`, fs/9p/v9fs.c), however it was given; from 6.4 on a mask in hexadecimal, whose bit 7 is it (`CACHE_FSCACHE`, fs/9p/v9fs.h):
  /// `cache=8f`. Some print `cache=fscache`.
  private static func isCaching(_ option: [UInt8]) -> Bool {
    if option == Array("fscache".utf8) { return true }
    guard option.starts(with: Array("cache=".utf8)) else { return false }
    let value = Array(option.dropFirst(6))
    if value == Array("fscache".utf8) { return true }
    let isPrefixed = value.starts(with: Array("0x".utf8))
    let digits = value.span.extracting((isPrefixed ? 2 : 0)..<value.count)
    return (Hex.number(digits) ?? 0) & 0x80 != 0
  }

  /// The value of an option of the file system, `addr=…`; nil when it is not set.
  public func value(of option: StaticString) -> [UInt8]? {
    let start = Array(option.description.utf8) + [UInt8(ascii: "=")]
    return superOptions.first { $0.starts(with: start) }.map { Array($0.dropFirst(start.count)) }
  }
}
