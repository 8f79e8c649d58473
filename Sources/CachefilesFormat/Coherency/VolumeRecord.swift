// SPDX-License-Identifier: Apache-2.0

/// The extended attribute of a volume directory: four reserved bytes and the netfs's coherency data.
///
/// Mirrors `struct cachefiles_vol_xattr` and `cachefiles_set_volume_xattr` (fs/cachefiles/xattr.c), from 5.17 final on;
/// the release candidates of 5.17 wrote the coherency data alone.
public struct VolumeRecord: Equatable, Sendable {
  /// The bytes before the coherency data.
  public static let headerLength = 4
  /// The most bytes of coherency data a kernel keeps: `coherency_len` of `struct fscache_volume` is one byte.
  public static let longestCoherency = 255

  /// Big-endian, must be 0.
  public var reserved: UInt32
  /// Empty for all netfs types but CIFS, whose is 20 bytes.
  public var coherency: [UInt8]

  /// Makes a record.
  public init(reserved: UInt32 = 0, coherency: [UInt8] = []) {
    self.reserved = reserved
    self.coherency = coherency
  }

  /// Why a value is no record.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// Fewer than 4 bytes.
    case tooShort(count: Int)
    /// More than 255 bytes of coherency data.
    case tooLong(count: Int)

    /// The failure as one line.
    public var description: String {
      switch self {
      case .tooShort(let count): "a volume record of \(count) bytes: the header alone has 4"
      case .tooLong(let count): "a volume record of \(count) bytes: no kernel writes more than 259"
      }
    }
  }

  /// Reads the value of the attribute.
  ///
  /// - Throws: ``Failure`` when it has fewer than 4 bytes or more than 259.
  public init(parsing value: Span<UInt8>) throws(Failure) {
    guard value.count >= Self.headerLength else { throw .tooShort(count: value.count) }
    guard value.count <= Self.headerLength + Self.longestCoherency else { throw .tooLong(count: value.count) }
    self.init(
      reserved: value.load(UInt32.self, at: 0, .big),
      coherency: value.extracting(Self.headerLength..<value.count).array)
  }

  /// The value of the attribute as the kernel writes it: 4 bytes and the coherency data.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(reserved, .big)
    bytes.append(coherency.span)
    return bytes
  }
}
