// SPDX-License-Identifier: Apache-2.0

/// Coherency data: what a netfs keeps of the server's file, or volume, to notice that it changed.
///
/// The kernel compares the bytes; only the netfs knows what they mean.
public struct NetfsCoherency: Equatable, Sendable {
  /// How the byte order of the numbers is known.
  public enum Order: Equatable, Sendable {
    /// The netfs has one order on every machine, or there are no numbers.
    case fixed
    /// The bytes make sense in this order only.
    case determined(ByteOrder)
    /// The bytes do not tell; this order was given.
    case given(ByteOrder)
    /// The bytes do not tell and no order was given: the fields show both readings.
    case ambiguous
  }

  /// The netfs of the volume.
  public var type: NetfsType
  /// How the byte order is known.
  public var order: Order
  /// The facts in reading order; none when there is a problem. Where the order is ambiguous and makes a difference, a
  /// number stands twice, with `_little_endian` and `_big_endian` after its name.
  public var fields: [NetfsField]
  /// Why the bytes are not coherency data of this netfs; nil when they can be.
  public var problem: String?

  /// Reads the coherency data of an object, without the 18 bytes of the record before it.
  ///
  /// - Parameters:
  ///   - bytes: ``ObjectRecord/coherency``.
  ///   - type: the netfs of the volume.
  ///   - byteOrder: the order of the machine that wrote the cache, nil when it is not known. What the bytes prove
  ///     comes first.
  public init(object bytes: Span<UInt8>, in type: NetfsType, byteOrder: ByteOrder? = nil) {
    self.init(bytes, in: type, expected: type.objectCoherencyLength)
    guard problem == nil else { return }
    switch type {
    case .nfs, .ceph: readHostEndian(bytes, byteOrder)
    case .afs: fields = [NetfsField("data_version", .number(bytes.load(UInt64.self, at: 0, .big)))]
    case .cifs: fields = Self.cifs(bytes)
    case .ninep: fields = [NetfsField("qid_version", .number(UInt64(bytes.load(UInt32.self, at: 0, .little))))]
    case .erofs: break
    case .unknown: if bytes.count > 0 { fields = [NetfsField("coherency", .opaque(bytes.array))] }
    }
  }

  /// Reads the coherency data of a volume, without the four reserved bytes before it. Only CIFS has any:
  /// `struct cifs_fscache_volume_coherency_data` (fs/smb/client/fscache.h), little-endian.
  public init(volume bytes: Span<UInt8>, in type: NetfsType) {
    self.init(bytes, in: type, expected: type.volumeCoherencyLength)
    guard problem == nil else { return }
    if type == .cifs {
      fields = [
        NetfsField("resource_id", .identifier(bytes.load(UInt64.self, at: 0, .little))),
        NetfsField("volume_created", NTTime(units: bytes.load(UInt64.self, at: 8, .little)).value),
        NetfsField("volume_serial", .identifier(UInt64(bytes.load(UInt32.self, at: 16, .little)))),
      ]
    } else if type == .unknown, bytes.count > 0 {
      fields = [NetfsField("coherency", .opaque(bytes.array))]
    }
  }

  private init(_ bytes: Span<UInt8>, in type: NetfsType, expected: Int?) {
    self.type = type
    order = .fixed
    fields = []
    if let expected, bytes.count != expected {
      problem = "\(bytes.count) bytes of coherency data: \(type.rawValue) has \(expected)"
    }
  }

  /// The byte order that an object's coherency data proves: that of the machine that wrote the whole volume, so that
  /// it serves for the volume key too. Nil when the bytes do not tell.
  public static func provenByteOrder(object bytes: Span<UInt8>, in type: NetfsType) -> ByteOrder? {
    guard bytes.count == type.objectCoherencyLength else { return nil }
    let credible = ByteOrder.allCases.filter { order in
      switch type {
      case .nfs: NFSCoherency(bytes, order).isCredible
      case .ceph: CephFile.isCredible(version: bytes.load(UInt64.self, at: 0, order))
      default: true
      }
    }
    return credible.count == 1 ? credible[0] : nil
  }

  private mutating func readHostEndian(_ bytes: Span<UInt8>, _ byteOrder: ByteOrder?) {
    if let proven = Self.provenByteOrder(object: bytes, in: type) {
      order = .determined(proven)
      fields = Self.hostEndian(bytes, in: type, proven)
    } else if let byteOrder {
      order = .given(byteOrder)
      fields = Self.hostEndian(bytes, in: type, byteOrder)
    } else {
      order = .ambiguous
      fields = OrderSensitiveField.both(
        little: Self.hostEndian(bytes, in: type, .little), big: Self.hostEndian(bytes, in: type, .big))
    }
  }

  private static func hostEndian(_ bytes: Span<UInt8>, in type: NetfsType, _ order: ByteOrder) -> [NetfsField] {
    if type == .nfs { return NFSCoherency(bytes, order).fields }
    return [NetfsField("inode_version", .number(bytes.load(UInt64.self, at: 0, order)))]
  }

  /// `struct cifs_fscache_inode_coherency_data` (fs/smb/client/fscache.h): both seconds come before both nanoseconds.
  private static func cifs(_ bytes: Span<UInt8>) -> [NetfsField] {
    func time(_ name: String, _ seconds: Int, _ nanoseconds: Int) -> NetfsField {
      NetfsField.time(
        name, seconds: Int64(bitPattern: bytes.load(UInt64.self, at: seconds, .little)),
        nanoseconds: Int64(bytes.load(UInt32.self, at: nanoseconds, .little)))
    }
    return [time("last_write", 0, 16), time("last_change", 8, 20)]
  }
}

extension NetfsField {
  /// A field with a time; nanoseconds that no time has are shown as they stand.
  static func time(_ name: String, seconds: Int64, nanoseconds: Int64) -> NetfsField {
    guard (0..<1_000_000_000).contains(nanoseconds) else {
      return NetfsField(name, .text("\(seconds) s and \(nanoseconds) ns"))
    }
    return NetfsField(name, .time(seconds: seconds, nanoseconds: UInt32(nanoseconds)))
  }
}
