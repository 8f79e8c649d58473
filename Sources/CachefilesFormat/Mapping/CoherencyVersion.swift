// SPDX-License-Identifier: Apache-2.0

/// What the coherency data of an object says of the version of the server's file, as numbers that can be compared across
/// machines. Nothing is allocated: it is asked for each of millions of objects.
///
/// ``NetfsCoherency`` has the same facts under the names that the network file systems use.
public struct CoherencyVersion: Equatable, Sendable {
  /// When the file was written last: NFS, SMB.
  public var modified: FileFacts.Moment?
  /// When it was changed last, its attributes included: NFS, SMB.
  public var changed: FileFacts.Moment?
  /// A number that changes with the file: NFSv4's change attribute, AFS' data version, 9P's qid version, Ceph's inode version.
  public var number: UInt64?

  /// Reads the coherency data of an object; nothing is set where its length is not the one that the netfs has.
  ///
  /// - Parameters:
  ///   - bytes: the attribute without its header of 18 bytes.
  ///   - type: the netfs of the volume.
  ///   - byteOrder: that of the machine which wrote the cache; what the bytes prove comes first.
  public init(object bytes: Span<UInt8>, in type: NetfsType, byteOrder: ByteOrder = .host) {
    guard bytes.count == type.objectCoherencyLength else { return }
    switch type {
    case .nfs: readNFS(bytes, byteOrder)
    case .afs: number = bytes.load(UInt64.self, at: 0, .big)
    case .cifs:
      modified = Self.moment(bytes, 0, bytes.load(UInt32.self, at: 16, .little))
      changed = Self.moment(bytes, 8, bytes.load(UInt32.self, at: 20, .little))
    case .ninep: number = UInt64(bytes.load(UInt32.self, at: 0, .little))
    case .ceph:
      let other: ByteOrder = byteOrder == .little ? .big : .little
      let version = bytes.load(UInt64.self, at: 0, byteOrder)
      let swapped = bytes.load(UInt64.self, at: 0, other)
      number = !CephFile.isCredible(version: version) && CephFile.isCredible(version: swapped) ? swapped : version
    case .erofs, .unknown: break
    }
  }

  private mutating func readNFS(_ bytes: Span<UInt8>, _ byteOrder: ByteOrder) {
    var facts = NFSCoherency(bytes, byteOrder)
    if !facts.isCredible {
      let swapped = NFSCoherency(bytes, byteOrder == .little ? .big : .little)
      if swapped.isCredible { facts = swapped }
    }
    modified = Self.moment(facts.modifiedSeconds, facts.modifiedNanoseconds)
    changed = Self.moment(facts.changedSeconds, facts.changedNanoseconds)
    // NFSv3 has none.
    number = facts.changeAttribute == 0 ? nil : facts.changeAttribute
  }

  private static func moment(_ bytes: Span<UInt8>, _ seconds: Int, _ nanoseconds: UInt32) -> FileFacts.Moment? {
    moment(Int64(bitPattern: bytes.load(UInt64.self, at: seconds, .little)), Int64(nanoseconds))
  }

  private static func moment(_ seconds: Int64, _ nanoseconds: Int64) -> FileFacts.Moment? {
    guard (0..<1_000_000_000).contains(nanoseconds) else { return nil }
    return FileFacts.Moment(seconds: seconds, nanoseconds: UInt32(nanoseconds))
  }
}
