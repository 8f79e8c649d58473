// SPDX-License-Identifier: Apache-2.0

/// A field whose value depends on the byte order of the machine that wrote it.
public struct OrderSensitiveField: Equatable, Sendable {
  /// The name, as in ``NetfsField/name``.
  public var name: String
  /// The value if a little-endian machine wrote it.
  public var little: NetfsField.Value
  /// The value if a big-endian machine wrote it.
  public var big: NetfsField.Value

  /// The value for one order.
  public func value(_ byteOrder: ByteOrder) -> NetfsField.Value { byteOrder == .little ? little : big }

  /// The fields of two readings of the same bytes that differ.
  static func differences(little: [NetfsField], big: [NetfsField]) -> [OrderSensitiveField] {
    zip(little, big).compactMap { first, second in
      first.value == second.value
        ? nil : OrderSensitiveField(name: first.name, little: first.value, big: second.value)
    }
  }

  /// Two readings of the same bytes in one list: what agrees once, what differs once for each order, with
  /// `_little_endian` and `_big_endian` after the name.
  static func both(little: [NetfsField], big: [NetfsField]) -> [NetfsField] {
    zip(little, big).flatMap { first, second in
      first.value == second.value
        ? [first]
        : [
          NetfsField(first.name + "_little_endian", first.value),
          NetfsField(second.name + "_big_endian", second.value),
        ]
    }
  }
}
