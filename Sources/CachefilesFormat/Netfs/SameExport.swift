// SPDX-License-Identifier: Apache-2.0

/// Several volumes of one export of an NFS server: its files are cached once in each of them.
///
/// The kernel puts the transfer sizes, the timeouts and flags such as `ro` into the key of a volume
/// (`nfs_fscache_get_super_cookie`, fs/nfs/fscache.c): the same export, mounted with other ones, is another volume.
public struct SameExport: Equatable, Sendable {
  /// The places of the volumes in the list that was given.
  public var members: [Int]
  /// The export: `NFS 4.2  192.168.6.1:2049  fsid 1:0`.
  public var summary: String
  /// What makes them different volumes: `rsize`, `ro`.
  public var differences: [String]

  /// What is the same in all volumes of an export.
  private struct Identity: Hashable {
    var version: String
    var address: String
    var port: UInt16
    var fsid: String
    var flavour: UInt32
    var uniquifier: [UInt8]?
  }

  /// The exports of which there is more than one volume, in the order of their first ones.
  ///
  /// The root of an NFSv4 server (`fsid 0:0`) has a volume of its own in any case, always without files: it is left out.
  public static func all(in keys: [[UInt8]], byteOrder: ByteOrder = .host) -> [SameExport] {
    var order: [Identity] = []
    var groups: [Identity: [(index: Int, volume: NFSVolume)]] = [:]
    for (index, key) in keys.enumerated() {
      guard case .nfs(let volume) = NetfsVolume(volumeKey: key.span, byteOrder: byteOrder),
        volume.fsidMajor != 0 || volume.fsidMinor != 0
      else { continue }
      // The port of a tunnel on this machine changes; that of a server belongs to it.
      let identity = Identity(
        version: volume.versionText, address: volume.address.description,
        port: volume.address.isLoopback ? 0 : volume.port, fsid: volume.fsidText, flavour: volume.authFlavour,
        uniquifier: volume.uniquifier)
      if groups[identity] == nil { order.append(identity) }
      groups[identity, default: []].append((index, volume))
    }
    return order.compactMap { identity in
      guard let found = groups[identity], found.count > 1 else { return nil }
      return SameExport(
        members: found.map(\.index), summary: found[0].volume.summary, differences: differences(found.map(\.volume)))
    }
  }

  private static func differences(_ volumes: [NFSVolume]) -> [String] {
    func differ<Value: Hashable>(_ value: (NFSVolume) -> Value) -> Bool { Set(volumes.map(value)).count > 1 }
    var words: [String] = []
    if differ(\.port) { words.append("port") }
    if differ({ $0.superblockFlags & 1 }) { words.append("ro") }
    if differ({ $0.superblockFlags & ~1 }) { words.append("superblock flags") }
    if differ(\.rsize) { words.append("rsize") }
    if differ(\.wsize) { words.append("wsize") }
    if differ({ [$0.acregmin, $0.acregmax, $0.acdirmin, $0.acdirmax] }) { words.append("attribute timeouts") }
    if differ(\.mountFlags) { words.append("mount flags") }
    return words
  }
}
