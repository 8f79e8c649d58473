// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import Glibc

/// The program's arguments, without loss.
enum RawArguments {
  /// Characters from here on stand for single bytes.
  private static let plane: UInt32 = 0x10ff00

  /// The arguments of a `main` function, the program's name first, ready for the parser; nil when there is not even a name.
  static func read(
    _ count: CInt, _ values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
  ) -> [String]? {
    guard count > 0, let values else { return nil }
    return (0..<Int(count)).compactMap { index in
      values[index].map { pointer in
        encode(Array(UnsafeBufferPointer(start: pointer, count: strlen(pointer)).lazy.map(UInt8.init(bitPattern:))))
      }
    }
  }

  /// Bytes as a string in which each byte that is not part of valid UTF-8 is one private character.
  static func encode(_ bytes: [UInt8]) -> String {
    var result = String.UnicodeScalarView()
    var index = 0
    while index < bytes.count {
      let length = scalarLength(bytes, at: index)
      if length > 0, let scalar = String(decoding: bytes[index..<index + length], as: UTF8.self).unicodeScalars.first,
        scalar.value < plane
      {
        result.append(scalar)
        index += length
      } else {
        if let scalar = Unicode.Scalar(plane + UInt32(bytes[index])) { result.append(scalar) }
        index += 1
      }
    }
    return String(result)
  }

  /// The bytes of a string made by ``encode(_:)``.
  static func decode(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      if scalar.value >= plane, scalar.value <= plane + 0xff {
        bytes.append(UInt8(scalar.value - plane))
      } else {
        bytes += UTF8.encode(scalar).map { Array($0) } ?? []
      }
    }
    return bytes
  }

  /// Text that may hold arguments, safe to print: bytes that are no UTF-8, and control characters, are escaped.
  static func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar.value >= plane, scalar.value <= plane + 0xff {
        result += EscapedBytes.string([UInt8(scalar.value - plane)])
      } else if scalar == "\n"
        || (scalar.value >= 0x20 && scalar.value != 0x7f && !(0x80..<0xa0).contains(scalar.value))
      {
        result.unicodeScalars.append(scalar)
      } else {
        result += EscapedBytes.string(Array(String(scalar).utf8))
      }
    }
    return result
  }

  /// The length of the valid UTF-8 sequence that starts here, 0 when there is none.
  private static func scalarLength(_ bytes: [UInt8], at index: Int) -> Int {
    let expected: Int
    switch bytes[index] {
    case 0..<0x80: expected = 1
    case 0xc2..<0xe0: expected = 2
    case 0xe0..<0xf0: expected = 3
    case 0xf0..<0xf5: expected = 4
    default: return 0
    }
    guard index + expected <= bytes.count else { return 0 }
    let piece = bytes[index..<index + expected]
    return Array(String(decoding: piece, as: UTF8.self).utf8) == Array(piece) ? expected : 0
  }
}
