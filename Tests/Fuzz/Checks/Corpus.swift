// SPDX-License-Identifier: Apache-2.0

/// The inputs of a family that are kept in a file: one a line, what is not printable as `\xHH`, a backslash twice, and `\z{N}` for N
/// zero bytes. `corpus.py` writes them.
public enum Corpus {
  /// Reads a file. A line that is not written so ends the program: the file is part of the repository.
  public static func inputs(_ text: [UInt8]) -> [[UInt8]] { text.split(separator: 10).map { input($0) } }

  private static func input(_ line: ArraySlice<UInt8>) -> [UInt8] {
    // The line of an empty input is a dot alone; every line ends with one.
    precondition(line.last == UInt8(ascii: "."), "a line without its end")
    var bytes: [UInt8] = []
    var rest = line.dropLast()
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        bytes.append(byte)
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "\\"): bytes.append(byte)
      case UInt8(ascii: "x"):
        guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
          preconditionFailure("digits")
        }
        bytes.append(value)
        rest = rest.dropFirst(2)
      case UInt8(ascii: "z"):
        let digits = rest.dropFirst().prefix { $0 != UInt8(ascii: "}") }
        guard let count = Int(String(decoding: digits, as: UTF8.self)) else { preconditionFailure("a number") }
        bytes += Array(repeating: 0, count: count)
        rest = rest.dropFirst(digits.count + 2)
      default: preconditionFailure("an escape")
      }
    }
    return bytes
  }
}
