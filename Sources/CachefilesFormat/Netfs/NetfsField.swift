// SPDX-License-Identifier: Apache-2.0

/// One fact read out of a key or a record, with its name as in JSON and its value.
///
/// Parsed structures list their fields in reading order, so that text and JSON come from one place.
public struct NetfsField: Equatable, Sendable {
  /// The kinds of value.
  public enum Value: Equatable, Sendable {
    /// A number.
    case number(UInt64)
    /// A number that is better read in hexadecimal (identifiers).
    case identifier(UInt64)
    /// Bytes of a name, to be escaped when printed.
    case bytes([UInt8])
    /// Opaque bytes, printed in hexadecimal.
    case opaque([UInt8])
    /// Our own words.
    case text(String)
    /// Several of our own words.
    case list([String])
    /// Seconds and nanoseconds since 1970.
    case time(seconds: Int64, nanoseconds: UInt32)
  }

  /// The key in JSON, in snake case; text output replaces underscores by blanks.
  public var name: String
  /// The value.
  public var value: Value

  /// Makes a field.
  public init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }
}
