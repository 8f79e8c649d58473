// SPDX-License-Identifier: Apache-2.0

/// Why no kernel would have made a name, although it stands for a key. Such an object is never found again.
public enum NameDefect: Equatable, Sendable, CustomStringConvertible {
  /// A hexadecimal digit in upper case.
  case upperCaseDigit
  /// A word that starts with a zero.
  case leadingZero
  /// A byte of a `D` name that is not plain.
  case notPlain(UInt8)
  /// The key is longer than 252 bytes.
  case keyTooLong
  /// The name is longer than 255 bytes.
  case nameTooLong
  /// Bits set in the padding of an `E` name.
  case paddingBits
  /// The kernel writes this key in another scheme.
  case otherScheme(NameScheme)

  /// The defect as one line.
  public var description: String {
    switch self {
    case .upperCaseDigit: "upper-case hex digit"
    case .leadingZero: "leading zero"
    case .notPlain(let byte): "byte 0x\(String(byte, radix: 16)) is not in the printable class"
    case .keyTooLong: "key longer than 252 bytes"
    case .nameTooLong: "name longer than 255 bytes"
    case .paddingBits: "non-zero pad bits"
    case .otherScheme(let scheme): "the kernel would have chosen \(scheme.letter)"
    }
  }
}
