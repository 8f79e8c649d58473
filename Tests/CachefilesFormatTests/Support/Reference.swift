// SPDX-License-Identifier: Apache-2.0

/// Names made and judged the slow way, straight from the description of the format: the tests compare with it.
enum Reference {
  static func isPrintable(_ byte: UInt8) -> Bool { byte >= 0x21 && byte <= 0x7f && byte != 0x2f }

  static func words(_ key: [UInt8], bigEndian: Bool) -> String {
    var padded = key
    while padded.count % 4 != 0 { padded.append(0) }
    return stride(from: 0, to: padded.count, by: 4).map { start in
      let word = padded[start..<start + 4]
      let number = (bigEndian ? Array(word) : word.reversed()).reduce(0) { $0 << 8 | UInt32($1) }
      return number == 0 ? "" : String(number, radix: 16)
    }.joined(separator: ",")
  }

  static let digits = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-".utf8)

  static func base64(_ key: [UInt8]) -> [UInt8] {
    var padded = key
    while padded.count % 3 != 0 { padded.append(0) }
    return stride(from: 0, to: padded.count, by: 3).flatMap { start in
      let group = Int(padded[start]) + Int(padded[start + 1]) * 256 + Int(padded[start + 2]) * 65536
      return [digits[group % 64], digits[group / 64 % 64], digits[group / 4096 % 64], digits[group / 262_144]]
    }
  }

  /// The name of a key, however long.
  static func name(of key: [UInt8]) -> [UInt8] {
    if key.allSatisfy(isPrintable) { return Array("D".utf8) + key }
    let big = Array("S".utf8) + Array(words(key, bigEndian: true).utf8)
    let little = Array("T".utf8) + Array(words(key, bigEndian: false).utf8)
    let base64 = Array("E\((3 - key.count % 3) % 3)".utf8) + base64(key)
    if min(big.count, little.count) < base64.count { return big.count <= little.count ? big : little }
    return base64
  }

  /// The lengths of the keys, of those the kernel accepts, whose name is exactly this one. All keys that can have it
  /// are made and named.
  static func keyLengths(of name: [UInt8]) -> [Int] {
    guard name.count <= 255, let letter = name.first else { return [] }
    let body = name.dropFirst()
    var key: [UInt8] = []
    switch letter {
    case UInt8(ascii: "D"): key = Array(body)
    case UInt8(ascii: "S"), UInt8(ascii: "T"):
      for field in body.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
        guard let word = UInt32("0" + String(decoding: field, as: UTF8.self), radix: 16) else { return [] }
        let bytes = [24, 16, 8, 0].map { UInt8(word >> UInt32($0) & 255) }
        key += letter == UInt8(ascii: "S") ? bytes : bytes.reversed()
      }
    case UInt8(ascii: "E"):
      guard body.count % 4 == 1 else { return [] }
      let characters = Array(body.dropFirst())
      for start in stride(from: 0, to: characters.count, by: 4) {
        var group = 0
        for position in 0..<4 {
          guard let value = digits.firstIndex(of: characters[start + position]) else { return [] }
          group += value << (6 * position)
        }
        key += [UInt8(group & 255), UInt8(group >> 8 & 255), UInt8(group >> 16)]
      }
    default: return []
    }
    guard !key.isEmpty else { return [] }
    return (max(1, key.count - 3)...key.count).filter { length in
      length <= 252 && key[length...].allSatisfy { $0 == 0 } && Reference.name(of: Array(key[..<length])) == name
    }
  }
}
