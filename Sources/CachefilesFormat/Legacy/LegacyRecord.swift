// SPDX-License-Identifier: Apache-2.0

/// The extended attribute of the layout before Linux 5.17: what kind of cookie, and the netfs's coherency data.
///
/// Mirrors `struct cachefiles_xattr` and `cachefiles_set_object_xattr` (fs/cachefiles/xattr.c) up to 5.16. The size of
/// the netfs file is not in it: files of that layout have exactly its length.
public enum LegacyRecord: Equatable, Sendable {
  /// The two letters `C3` of the directory `cache` itself; kernels since 5.17 leave them.
  case cacheDirectory
  /// A cookie: 0 is an index, 1 is data; and what the netfs compares.
  case cookie(type: UInt8, coherency: [UInt8])

  /// The longest value, in bytes; the kernel's buffer had 512.
  public static let longestValue = 512

  /// Why a value is no record.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// No bytes.
    case empty
    /// More than 512 bytes.
    case tooLong(count: Int)

    /// The failure as one line.
    public var description: String {
      switch self {
      case .empty: "an empty record"
      case .tooLong(let count): "a record of \(count) bytes: kernels before 5.17 wrote at most \(longestValue)"
      }
    }
  }

  /// Reads the value of the attribute.
  ///
  /// - Throws: ``Failure`` when it is empty or has more than 512 bytes.
  public init(parsing value: Span<UInt8>) throws(Failure) {
    guard value.count > 0 else { throw .empty }
    guard value.count <= Self.longestValue else { throw .tooLong(count: value.count) }
    if value.count == 2, value[0] == UInt8(ascii: "C"), value[1] == UInt8(ascii: "3") {
      self = .cacheDirectory
    } else {
      self = .cookie(type: value[0], coherency: value.extracting(1..<value.count).array)
    }
  }

  /// The value of the attribute.
  public var bytes: [UInt8] {
    switch self {
    case .cacheDirectory: [UInt8(ascii: "C"), UInt8(ascii: "3")]
    case .cookie(let type, let coherency): [type] + coherency
    }
  }

  /// What the type byte says: `index`, `data`, or its number.
  public var typeName: String {
    switch self {
    case .cacheDirectory: "cache directory"
    case .cookie(0, _): "index"
    case .cookie(1, _): "data"
    case .cookie(let type, _): "type \(type)"
    }
  }
}
