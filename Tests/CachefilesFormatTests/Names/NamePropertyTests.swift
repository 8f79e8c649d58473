// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CachefilesFormat

/// What holds of every key: found wanting, a key is reported once, not for each of its properties.
@Suite("Names of all short keys and of random ones")
struct NamePropertyTests {
  /// Why a key breaks a property, nil when it breaks none.
  ///
  /// - A name decodes to the key, is canonical, and leaves the key's true length open among others.
  /// - Each of the other lengths has the same name.
  /// - The hash is the same for the key and the padded key.
  static func problem(with key: [UInt8]) throws -> String? {
    let name = try ObjectName.name(of: key)
    let hex = Hex.string(key)
    let (padded, found) = try decoded(name)
    guard name.count <= ObjectName.maximumLength else {
      return found.defect == .nameTooLong ? nil : "\(hex): a name of \(name.count) bytes passes"
    }
    if !found.isCanonical { return "\(hex): \(found.defect.debugDescription)" }
    if !found.keyLengths.contains(key.count) { return "\(hex): length not among \(found.keyLengths)" }
    if Array(padded[..<key.count]) != key { return "\(hex): another key, \(Hex.string(padded))" }
    for length in found.keyLengths {
      let other = try ObjectName.name(of: Array(padded[..<length]))
      if other != name { return "\(hex): \(length) bytes have another name" }
      if length > key.count, padded[key.count..<length].contains(where: { $0 != 0 }) { return "\(hex): not padded" }
    }
    let volume = KeyHash(0x1234_5678)
    var whole = key
    while whole.count % 4 != 0 { whole.append(0) }
    let hashes = [key, whole, padded].map { KeyHash(cookieKey: $0.span, in: volume) }
    return hashes[0] == hashes[1] && hashes[1] == hashes[2] ? nil : "\(hex): the padding changes the hash"
  }

  @Test("every key of one byte has all properties, and the name of the reference")
  func oneByte() throws {
    for byte in UInt8.min...UInt8.max {
      let problem = try Self.problem(with: [byte])
      #expect(problem == nil)
      let name = try ObjectName.name(of: [byte])
      #expect(name == Reference.name(of: [byte]))
      let found = try decoded(name).name
      #expect(found.keyLengths == Reference.keyLengths(of: name))
    }
  }

  @Test("every key of two bytes has all properties", arguments: 0..<16)
  func twoBytes(_ part: UInt8) throws {
    var problems: [String] = []
    for high in part * 16...part * 16 + 15 {
      for low in UInt8.min...UInt8.max {
        if let problem = try Self.problem(with: [high, low]) { problems.append(problem) }
      }
    }
    #expect(problems == [])
  }

  /// A random key: all bytes, runs of zeros, text, text with a flaw, words with few digits, ties between the schemes.
  static func key(_ random: inout SplitMix64, count: Int) -> [UInt8] {
    let style = random.next() % 8
    let plain = Array(0x21...0x2e) + Array(0x30...0x7f).map { UInt8($0) }
    var key = (0..<count).map { index -> UInt8 in
      switch style {
      case 0: UInt8(random.next() & 255)
      case 1: random.next() % 4 == 0 ? UInt8(random.next() & 255) : 0
      case 2, 3: plain[Int(random.next() % UInt64(plain.count))]
      case 4: index % 4 == 0 ? UInt8(random.next() & 15) : 0
      case 5: index % 4 == 3 ? UInt8(random.next() & 255) : 0
      case 6: 0x7f
      default: [0x10, 0x01, 0x00, 0xff][Int(random.next() % 4)]
      }
    }
    switch style {
    case 3: key[Int(random.next() % UInt64(count))] = [0x20, 0x2f, 0x80, 0x00][Int(random.next() % 4)]
    case 6: if random.next() % 2 == 0 { key[count - 1] = 0 }
    case 7: if count % 4 == 0 { key = Array(key[..<(count / 2)] + key[..<(count / 2)].reversed()) }
    default: break
    }
    return key
  }

  @Test("random keys of every length have all properties, and the name of the reference", arguments: 0..<4)
  func randomKeys(_ seed: UInt64) throws {
    var random = SplitMix64(state: seed)
    var problems: [String] = []
    var schemes: Set<NameScheme> = []
    for length in 1...CookieKey.maximumLength {
      for _ in 0..<4 {
        let key = Self.key(&random, count: length)
        if let problem = try Self.problem(with: key) { problems.append(problem) }
        let name = try ObjectName.name(of: key)
        if name != Reference.name(of: key) { problems.append("\(Hex.string(key)): not the reference's name") }
        if let scheme = NameScheme(rawValue: name[0]) { schemes.insert(scheme) }
      }
    }
    #expect(problems == [])
    #expect(schemes.count == 4)
  }

  /// A name that no kernel is likely to have made: changed a little, or made of likely characters.
  static func garbage(_ random: inout SplitMix64) throws -> [UInt8] {
    let alphabet = ascii("DSTEDSTE0123456789abcdefABCF,,,,_-gz /") + [0x00, 0x7f, 0x80, 0xff]
    func pick() -> UInt8 { alphabet[Int(random.next() % UInt64(alphabet.count))] }
    func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    if random.next() % 3 == 0 { return (0..<below(24)).map { _ in pick() } }
    let length = random.next() % 4 == 0 ? 1 + below(252) : 1 + below(12)
    var name = try ObjectName.name(of: key(&random, count: length))
    for _ in 0...below(2) {
      switch below(5) {
      case 0: name[below(name.count)] = pick()
      case 1: name.insert(pick(), at: below(name.count + 1))
      case 2: name.remove(at: below(name.count))
      case 3: name[below(name.count)] ^= 0x20
      default: name += ascii(["", ",", "0", "0000"][below(4)])
      }
      if name.isEmpty { name = [pick()] }
    }
    return name
  }

  @Test("a name is canonical exactly when some key has it", arguments: 10..<14)
  func garbageNames(_ seed: UInt64) throws {
    var random = SplitMix64(state: seed)
    var problems: [String] = []
    var canonical = 0
    for _ in 0..<2500 {
      let name = try Self.garbage(&random)
      let expected = Reference.keyLengths(of: name)
      let found = try? decoded(name).name
      if found?.isCanonical ?? false {
        canonical += 1
        if found?.keyLengths != expected { problems.append("\(EscapedBytes.string(name)): lengths \(expected)") }
      } else if !expected.isEmpty {
        problems.append("\(EscapedBytes.string(name)): taken for damage")
      }
    }
    #expect(problems == [])
    #expect(canonical > 100)
  }

  @Test("names of random bytes never stop the decoders")
  func randomBytes() {
    var random = SplitMix64(state: 99)
    for _ in 0..<3000 {
      let name = (0..<Int(random.next() % 40)).map { _ in UInt8(random.next() & 255) }
      _ = try? decoded(name)
      _ = try? LegacyName(name)
      _ = GraveyardName(name)
      _ = NetfsVolume(name)
      _ = try? LogLine(name)
    }
  }
}
