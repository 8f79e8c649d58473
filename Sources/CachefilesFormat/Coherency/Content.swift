// SPDX-License-Identifier: Apache-2.0

/// The `content` byte of an object record.
///
/// Mirrors `enum cachefiles_content` (include/trace/events/cachefiles.h and fs/cachefiles/internal.h), the same from
/// 5.17 to 7.3. Released kernels write only 0 and 4, and 0 does **not** mean "no data": what is cached is told by the
/// holes of the file alone.
public struct Content: RawRepresentable, Equatable, Hashable, Sendable, CustomStringConvertible {
  /// The byte.
  public var rawValue: UInt8

  /// Wraps a byte; every value is possible on a disk.
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Written for every clean object, full or empty.
  @inlinable
  public static var noData: Content { Content(rawValue: 0) }
  /// Defined, never written by a released kernel; accepted on read.
  @inlinable
  public static var single: Content { Content(rawValue: 1) }
  /// Defined, never written by a released kernel; accepted on read.
  @inlinable
  public static var all: Content { Content(rawValue: 2) }
  /// Defined, never written by a released kernel; accepted on read.
  @inlinable
  public static var backingMap: Content { Content(rawValue: 3) }
  /// On disk while the file is open for writing; after a crash the kernel discards such an object.
  @inlinable
  public static var dirty: Content { Content(rawValue: 4) }

  /// The values that have a name.
  public static let named: [Content] = [.noData, .single, .all, .backingMap, .dirty]

  /// The kernel's name without its prefix: `NO_DATA SINGLE ALL BACKFS_MAP DIRTY`; `UNDEFINED` for the others.
  public var name: String {
    switch rawValue {
    case 0: "NO_DATA"
    case 1: "SINGLE"
    case 2: "ALL"
    case 3: "BACKFS_MAP"
    case 4: "DIRTY"
    default: "UNDEFINED"
    }
  }

  /// The value with this name in upper or lower case, nil when there is none.
  public init?(name: String) {
    guard let match = Self.named.first(where: { $0.name == name.uppercased() }) else { return nil }
    self = match
  }

  /// The name and the number.
  public var description: String { "\(name) (\(rawValue))" }
}
