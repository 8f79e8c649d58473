// SPDX-License-Identifier: Apache-2.0

/// The fields of an object's attribute, read where they lie: nothing is copied, and nothing is judged but the length of the
/// header. ``ObjectRecord`` is the checked value.
public struct ObjectRecordView: ~Escapable {
  @usableFromInline let value: Span<UInt8>

  /// Looks at the value of an attribute; nil when it is shorter than the header.
  @inlinable
  @_lifetime(copy value)
  public init?(_ value: Span<UInt8>) {
    guard value.count >= ObjectRecord.headerLength else { return nil }
    self.value = value
  }

  /// The size of the netfs file in bytes: `object_size`.
  public var objectSize: UInt64 { @inlinable get { value.load(UInt64.self, at: 0, .big) } }
  /// `zero_point`, in bytes.
  public var zeroPoint: UInt64 { @inlinable get { value.load(UInt64.self, at: 8, .big) } }
  /// The type byte; 1 for data.
  public var type: UInt8 { @inlinable get { value[16] } }
  /// The content byte.
  public var content: Content { @inlinable get { Content(rawValue: value[17]) } }
}
