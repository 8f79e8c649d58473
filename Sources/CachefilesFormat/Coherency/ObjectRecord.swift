// SPDX-License-Identifier: Apache-2.0

/// The extended attribute of an object: what the netfs said about the file when it was cached.
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 8 | object size, big-endian |
/// | 8 | 8 | zero point, big-endian, always 0 |
/// | 16 | 1 | type, always 1 |
/// | 17 | 1 | content |
/// | 18 | 0–255 | coherency data of the netfs |
///
/// Mirrors `struct cachefiles_xattr` and `cachefiles_set_object_xattr` (fs/cachefiles/xattr.c).
public struct ObjectRecord: Equatable, Sendable {
  /// The bytes before the coherency data.
  @inlinable
  public static var headerLength: Int { 18 }
  /// The longest coherency data, in bytes; fscache keeps its length in one byte.
  public static let longestCoherency = 255
  /// The only `type` that the kernel accepts: `CACHEFILES_COOKIE_TYPE_DATA`.
  public static let dataType: UInt8 = 1

  /// The size of the netfs file in bytes: `object_size`.
  public var objectSize: UInt64
  /// `zero_point`, in bytes: always written 0, never read.
  public var zeroPoint: UInt64
  /// 1 for data; anything else makes the kernel replace the object.
  public var type: UInt8
  /// Clean or dirty.
  public var content: Content
  /// What the netfs compares, byte by byte; see ``NetfsType``.
  public var coherency: [UInt8]

  /// Makes a record.
  public init(
    objectSize: UInt64, zeroPoint: UInt64 = 0, type: UInt8 = ObjectRecord.dataType, content: Content = .noData,
    coherency: [UInt8] = []
  ) {
    self.objectSize = objectSize
    self.zeroPoint = zeroPoint
    self.type = type
    self.content = content
    self.coherency = coherency
  }

  /// Why a value is no record.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// Fewer than 18 bytes.
    case tooShort(count: Int)
    /// More than 255 bytes of coherency data: no kernel writes so many.
    case tooLong(count: Int)

    /// The failure as one line.
    public var description: String {
      switch self {
      case .tooShort(let count): "an object record of \(count) bytes: the header alone has 18"
      case .tooLong(let count): "an object record of \(count) bytes: no kernel writes more than 273"
      }
    }
  }

  /// Reads the value of the attribute. Type and content are taken as they are, whatever their values.
  ///
  /// - Throws: ``Failure`` when it has fewer than 18 bytes or more than 273.
  public init(parsing value: Span<UInt8>) throws(Failure) {
    guard value.count >= Self.headerLength else { throw .tooShort(count: value.count) }
    guard value.count <= Self.headerLength + Self.longestCoherency else { throw .tooLong(count: value.count) }
    self.init(
      objectSize: value.load(UInt64.self, at: 0, .big), zeroPoint: value.load(UInt64.self, at: 8, .big),
      type: value[16], content: Content(rawValue: value[17]),
      coherency: value.extracting(Self.headerLength..<value.count).array)
  }

  /// The value of the attribute as the kernel writes it: 18 bytes and the coherency data.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(objectSize, .big)
    bytes.append(zeroPoint, .big)
    bytes.append(type)
    bytes.append(content.rawValue)
    bytes.append(coherency.span)
    return bytes
  }

  /// The length that the kernel gives the file of an object of this size: rounded up to 4096 bytes.
  ///
  /// Mirrors `cachefiles_adjust_size` and `CACHEFILES_DIO_BLOCK_SIZE`; nil when the result would pass 2⁶³ − 1.
  public static func fileSize(forObjectSize size: UInt64) -> UInt64? {
    guard size <= UInt64(Int64.max) - 4095 else { return nil }
    return (size + 4095) & ~4095
  }
}
