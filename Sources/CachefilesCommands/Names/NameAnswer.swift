// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// What is said about a decoded name, the same in `decode` and `show`.
enum NameAnswer {
  /// Writes what the name itself tells.
  static func write(_ decoded: DecodedName, _ name: Span<UInt8>, _ key: Span<UInt8>, to json: inout JSONWriter) {
    json.bytes("name", name)
    json.text("scheme", String(decoded.scheme.letter))
    json.hex("key", key)
    json.array("key_lengths") { json in
      guard decoded.shortestKey <= decoded.longestKey else { return }
      for length in decoded.shortestKey...decoded.longestKey { json.number(nil, length) }
    }
    json.bool("canonical", decoded.isCanonical)
    if let defect = decoded.defect { json.text("reason", defect.description) } else { json.null("reason") }
  }

  /// Writes what follows from the volume that the name belongs to.
  static func write(
    _ volume: NameDecoder.VolumeReading, _ key: Span<UInt8>, _ decoded: DecodedName, _ found: Fanout?,
    _ context: DecodeContext, to json: inout JSONWriter
  ) {
    let hash = KeyHash(cookieKey: key, in: volume.hash)
    json.bytes("volume", volume.key)
    json.hex("volume_hash", volume.hash.value)
    json.hex("key_hash", hash.value)
    json.text("fanout", hash.fanout.description)
    if let found { json.bool("placed", found == hash.fanout) }
    let object = NetfsObject(
      cookieKey: key, keyLengths: decoded.lengthRange, in: volume.type, byteOrder: context.byteOrder)
    json.object("netfs") { json in
      if json.isIndented {
        write(volumeKey: volume.key.span, context, to: &json)
      } else {
        json.members(volume.members(context))
      }
      json.object("object") { json in
        if let length = object.keyLength { json.number("key_length", length) } else { json.null("key_length") }
        json.bool("key_length_inferred", object.isLengthInferred)
        if let reason = object.impossibility { json.text("impossible", reason) }
        for field in object.fields { field.write(to: &json) }
      }
    }
  }

  /// Writes the members of `netfs` that the volume key alone tells.
  static func write(volumeKey key: Span<UInt8>, _ context: DecodeContext, to json: inout JSONWriter) {
    let volume = NetfsVolume(volumeKey: key, byteOrder: context.byteOrder)
    json.text("type", volume.type.rawValue)
    json.text("summary", volume.summary)
    json.object("volume") { json in for field in volume.fields { field.write(to: &json) } }
    let sensitive = NetfsVolume.orderSensitiveFields(volumeKey: key)
    guard !sensitive.isEmpty else { return }
    json.text("byte_order", context.byteOrder.rawValue)
    json.text("byte_order_source", context.orderSource)
    guard context.isOrderAssumed else { return }
    json.object("other_byte_order") { json in
      for field in sensitive { NetfsField(field.name, field.value(context.byteOrder.opposite)).write(to: &json) }
    }
  }

  /// Adds what the volume key tells to a card.
  static func add(volumeKey key: Span<UInt8>, _ context: DecodeContext, to card: inout Card) {
    let volume = NetfsVolume(volumeKey: key, byteOrder: context.byteOrder)
    card.add("volume", volume.summary)
    let sensitive = NetfsVolume.orderSensitiveFields(volumeKey: key)
    guard !sensitive.isEmpty, context.isOrderAssumed else { return }
    let others = sensitive.map { "\($0.name) \($0.value(context.byteOrder.opposite).words)" }.joined(separator: ", ")
    card.go(
      on: "read in this machine's byte order; written on a \(context.byteOrder.opposite.rawValue)-endian one: \(others)"
    )
  }

  /// Adds what the name tells to a card.
  static func add(_ decoded: DecodedName, _ key: Span<UInt8>, to card: inout Card, _ style: Style) {
    card.add("cookie key", Hex.string(key))
    let lengths = decoded.keyLengths
    let words =
      switch decoded.scheme {
      case .plain: "the key's own bytes (D)"
      case .bigEndianWords: "big-endian words (S)"
      case .littleEndianWords: "little-endian words (T)"
      case .base64: "base64 of its own kind (E)"
      }
    card.add("scheme", words)
    if lengths.count > 1, let first = lengths.first, let last = lengths.last {
      card.add("key length", "\(first) to \(last) bytes: trailing zero bytes cannot be told from padding")
    } else {
      card.add("key length", lengths.first.map { "\($0) bytes" } ?? "none that a kernel accepts")
    }
    if let defect = decoded.defect {
      card.add("canonical", style.bad("no") + ": \(defect); no kernel looks this name up, so it is never found")
    } else {
      card.add("canonical", style.good("yes"))
    }
  }

  /// Adds where the name belongs to a card.
  static func add(
    _ key: Span<UInt8>, in volume: KeyHash, found: Fanout?, to card: inout Card, _ style: Style
  ) {
    let hash = KeyHash(cookieKey: key, in: volume)
    let hashes = "volume hash \(Hex.string(volume.value)), key hash \(Hex.string(hash.value))"
    guard let found else {
      card.add("belongs in", "\(hash.fanout)   \(style.faint(hashes))")
      return
    }
    if found == hash.fanout {
      card.add("placed", style.good("right") + ", in \(found)   \(style.faint(hashes))")
    } else {
      card.add("placed", style.bad("wrong") + ": in \(found), belongs in \(hash.fanout); it is never found")
    }
  }
}

extension DecodedName {
  /// The possible key lengths as a range; nil when there are none.
  var lengthRange: ClosedRange<Int>? { shortestKey <= longestKey ? shortestKey...longestKey : nil }
}

extension DecodeContext {
  /// Whether nobody said which byte order holds, so that this machine's was taken.
  var isOrderAssumed: Bool { givenOrder == nil && provenOrder == nil }

  /// Where the byte order comes from: `option`, `record` or `assumed`.
  var orderSource: String { givenOrder != nil ? "option" : provenOrder != nil ? "record" : "assumed" }
}
