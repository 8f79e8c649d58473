// SPDX-License-Identifier: Apache-2.0
import LinuxIO

/// The sum of a journal up to some line: each line ends with that of everything before it, so that no line is damaged or missing in the
/// middle unnoticed. It finds accidents, as the CRC-32 of gzip does, not forgeries.
struct JournalSum {
  private var checksum = Checksum()

  /// A line with its sum and its newline, for a JSON object.
  mutating func line(_ object: [UInt8]) -> [UInt8] {
    let content = object.dropLast()
    checksum.add(Array(content))
    let rest = Self.member + Self.text(checksum.value) + Self.end + [UInt8(ascii: "\n")]
    checksum.add(rest)
    return content + rest
  }

  /// Whether a line without its newline ends with the right sum. One that does not makes all that follow wrong, too.
  mutating func accepts(_ line: [UInt8]) -> Bool {
    guard Self.hasSum(line) else { return false }
    let content = line.dropLast(Self.length)
    checksum.add(Array(content))
    let isRight = line.dropFirst(content.count).starts(with: Self.member + Self.text(checksum.value))
    checksum.add(line.dropFirst(content.count) + [UInt8(ascii: "\n")])
    return isRight
  }

  /// Whether a line ends with a sum.
  static func hasSum(_ line: [UInt8]) -> Bool {
    line.suffix(length).starts(with: member) && line.suffix(end.count).elementsEqual(end)
  }

  private static let member = Array(",\"sum\":\"".utf8)
  private static let end = Array("\"}".utf8)
  private static let length = member.count + 8 + end.count

  private static func text(_ value: UInt32) -> [UInt8] {
    let digits = Array(String(value, radix: 16).utf8)
    return [UInt8](repeating: UInt8(ascii: "0"), count: 8 - digits.count) + digits
  }
}
