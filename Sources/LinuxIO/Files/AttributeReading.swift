// SPDX-License-Identifier: Apache-2.0
public import SystemPackage

/// One read of an extended attribute.
public enum AttributeReading: Sendable, Equatable {
  /// The first so many bytes of the buffer hold the value.
  case value(count: Int)
  /// The file has no such attribute.
  case absent
  /// The value is longer than any that Linux keeps (64 KiB), or grew while it was read: its length in bytes.
  case longer(count: Int)
  /// It could not be read.
  case failed(Errno)

  /// Whether it tells something of the attribute.
  var isAnswer: Bool { if case .failed = self { false } else { true } }
}
