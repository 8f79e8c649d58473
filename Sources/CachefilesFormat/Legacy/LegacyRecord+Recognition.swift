// SPDX-License-Identifier: Apache-2.0
extension LegacyRecord {
  /// The record in a value of which nothing else is known; nil when it is one of the newer layout, or neither.
  ///
  /// The old one starts with its type, 0 or 1, where the new one has the upper byte of a size: 1 would be 2⁵⁶ bytes,
  /// more than any file system holds. A 0 tells nothing: then the lengths that the netfs wrote decide, where the new
  /// record would have a type or a zero point that no kernel writes.
  public init?(recognising value: Span<UInt8>) {
    guard let record = try? LegacyRecord(parsing: value) else { return nil }
    self = record
    switch record {
    case .cacheDirectory: return
    case .cookie(1, let coherency):
      if value.count >= ObjectRecord.headerLength || Self.dataLengths.contains(coherency.count) { return }
    case .cookie(0, let coherency):
      // A lone 0 is what an NFS index has, and what is left of anything: only its path tells.
      guard [4, 20].contains(coherency.count) else { return nil }
      let isNew =
        value.count >= ObjectRecord.headerLength && value.load(UInt64.self, at: 8, .big) == 0 && value[16] == 1
      // Four zero bytes are a volume's record of the newer layout; five are an old one.
      if !isNew { return }
    case .cookie: break
    }
    return nil
  }

  /// The lengths of coherency data of files: 9P, AFS, Ceph, SMB, NFS, and NFS up to about 4.16.
  private static let dataLengths = [4, 8, 24, 32, 40, 48]

  /// The netfs and the place in its tree that a length belongs to; of several, none.
  public var inferredType: NetfsType {
    guard case .cookie(let type, let coherency) = self else { return .unknown }
    return switch (type, coherency.count) {
    case (1, 40), (1, 48): .nfs
    case (1, 32), (0, 20): .cifs
    case (1, 24): .ceph
    case (1, 8): .afs
    case (1, 4): .ninep
    default: .unknown
    }
  }

  /// What the coherency data says, as that of a file (or of an SMB share) of a netfs.
  public func fields(in given: NetfsType, byteOrder: ByteOrder?) -> [NetfsField] {
    guard case .cookie(let kind, let coherency) = self, !coherency.isEmpty else { return [] }
    let type = given == .unknown ? inferredType : given
    let role: LegacyRole = kind == 1 ? .object : coherency.count == 4 ? .netfs : .share
    func read(_ order: ByteOrder) -> [NetfsField] { LegacyCoherency.fields(coherency.span, role, in: type, order) }
    if let byteOrder { return read(byteOrder) }
    if type == .nfs, coherency.count == 40,
      let proven = NetfsCoherency.provenByteOrder(object: coherency.span, in: .nfs)
    {
      return read(proven)
    }
    return OrderSensitiveField.both(little: read(.little), big: read(.big))
  }
}
