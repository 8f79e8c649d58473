// SPDX-License-Identifier: Apache-2.0
#if DEBUG || Fuzzing
  import CachefilesFormat

  /// Names, decoded and encoded again.
  enum NameChecks {
    static func check(_ input: [UInt8]) throws {
      try decode(input)
      try encode(input)
      try volume(input)
      try graveyard(input)
      try legacy(input)
      try text(input)
    }

    /// A name is canonical exactly when the encoder makes it for one of the keys that it may stand for.
    private static func decode(_ name: [UInt8]) throws {
      var buffer: [UInt8] = [7, 9]
      guard let decoded = try? ObjectName.decode(name.span, into: &buffer) else { return }
      try hold(buffer.starts(with: [7, 9]), "what was in the buffer is changed")
      let key = Array(buffer.dropFirst(2))
      try hold(decoded.keyLengths.allSatisfy { 0...key.count ~= $0 }, "a key longer than what was decoded")
      try hold(decoded.isCanonical == (decoded.defect == nil), "canonical with a defect")
      if decoded.isCanonical { try hold(!decoded.keyLengths.isEmpty && name.count <= 255, "canonical without a key") }
      let isWords = decoded.scheme == .bigEndianWords || decoded.scheme == .littleEndianWords
      let shortest = max(1, isWords ? key.count - 3 : key.count)
      for length in stride(from: shortest, through: min(key.count, 252), by: 1)
      where key[length...].allSatisfy({ $0 == 0 }) {
        let made = try mustNotFail("encode") { try ObjectName.name(of: Array(key[..<length])) }
        if case .nameTooLong? = decoded.defect { continue }
        let isSaid = decoded.isCanonical && decoded.keyLengths.contains(length)
        try hold((made == name) == isSaid, "length \(length): made \(made == name), said \(isSaid)")
      }
    }

    /// A key comes back from its name, with the zero bytes that words are filled up with.
    private static func encode(_ key: [UInt8]) throws {
      guard let name = try? ObjectName.name(of: key) else {
        return try hold(key.isEmpty || key.count > 252, "a key that the kernel takes has no name")
      }
      try hold((1...252).contains(key.count), "a key that the kernel refuses has a name")
      var back: [UInt8] = []
      let decoded = try mustNotFail("decode") { try ObjectName.decode(name.span, into: &back) }
      try hold(back.starts(with: key) && back.count < key.count + 4, "another key")
      try hold(back.dropFirst(key.count).allSatisfy { $0 == 0 }, "not filled up with zeros")
      try hold(decoded.keyLengths.contains(key.count), "the length is not among the possible ones")
      try hold(decoded.isCanonical == (name.count <= 255), "canonical is not what the length says")
      switch ObjectName.fate(ofNameLength: name.count) {
      case .fits: try hold(name.count <= 255, "too long a name fits")
      default: try hold(name.count > 255, "a short name does not fit")
      }
    }

    private static func volume(_ key: [UInt8]) throws {
      let isGood = key.count <= 254 && !key.contains(0) && !key.contains(UInt8(ascii: "/"))
      let name = try? VolumeName.name(ofKey: key)
      try hold((name != nil) == isGood, "a volume key is judged otherwise")
      if let name { try hold(VolumeName.key(ofName: name) == key, "another volume key") }
      if let other = VolumeName.key(ofName: key) { try hold([VolumeName.prefix] + other == key, "not the name's key") }
      // Hashes are those of all bytes: a byte more gives another sum, but the same one again.
      let hash = KeyHash(volumeKey: key.span)
      try hold(hash == KeyHash(volumeKey: key.span), "two hashes")
      _ = KeyHash(cookieKey: key.span, in: hash).fanout
    }

    private static func graveyard(_ input: [UInt8]) throws {
      guard let name = GraveyardName(input.span) else { return }
      try hold(GraveyardName(name.bytes.span) == name, "another buried name")
      if name.undertaker == .kernel { try hold(name.bytes == input, "the kernel's form has one spelling") }
    }

    private static func legacy(_ input: [UInt8]) throws {
      if let name = try? LegacyName(parsing: input.span) {
        let made = LegacyName.name(of: name.key, kind: name.kind, byteOrder: name.byteOrder ?? .little)
        try hold((made == input) == name.isCanonical, "canonical, but not made so")
        try hold(name.fits == (made.count <= 255), "fits, but is longer")
      }
      for kind in LegacyName.Kind.allCases {
        for order in ByteOrder.allCases {
          let made = LegacyName.name(of: input, kind: kind, byteOrder: order)
          let back = try mustNotFail("an old name") { try LegacyName(parsing: made.span) }
          try hold(back.key == input && back.kind == kind && back.isCanonical, "another old name")
          if let told = back.byteOrder { try hold(told == order, "another byte order") }
        }
      }
    }

    private static func text(_ input: [UInt8]) throws {
      let digits = Hex.string(input)
      try hold(try Hex.bytes(Array(digits.utf8).span) == input, "hexadecimal")
      if let bytes = try? Hex.bytes(input.span), !input.starts(with: [48, 120]), !input.starts(with: [48, 88]) {
        let lower = input.filter { $0 != 0x20 && $0 != 0x3a }.map { (65...70).contains($0) ? $0 + 32 : $0 }
        try hold(Array(Hex.string(bytes).utf8) == lower, "hexadecimal with something in it")
      }
      let escaped = Array(EscapedBytes.string(input).utf8)
      try hold(escaped.allSatisfy { (0x20...0x7e).contains($0) }, "not escaped")
      try hold(EscapedBytes.unescape(escaped.span) == input, "escaped, and another text")
    }
  }
#endif
