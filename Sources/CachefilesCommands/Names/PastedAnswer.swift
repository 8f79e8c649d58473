import CachefilesFormat

/// The answer to anything that can be pasted: a name, a path, a line of the kernel's.
struct PastedAnswer: Renderable {
  let input: [UInt8]
  let context: DecodeContext
  let reading: PastedReading

  /// Reads the input.
  init(_ input: [UInt8], _ context: DecodeContext) {
    self.input = input
    self.context = context
    reading = PastedReading(input, volumeKey: context.volumeKey, byteOrder: context.givenOrder)
  }

  /// Why the input is nothing of a cache; nil when it is.
  var failure: String? {
    if case .failure(let reason) = reading { return reason }
    return nil
  }

  /// One line, for the filter form.
  var summary: String {
    switch reading {
    case .name(let object): Self.summary(object)
    case .volume(let key):
      "volume\t\(NetfsVolume(volumeKey: key.span, byteOrder: context.byteOrder).summary)\t\(EscapedBytes.string(key))"
    case .fanout(let key, let fanout): "fanout\t\(fanout)\t\(EscapedBytes.string(key))"
    case .buried(let name, _): "graveyard\t\(name.map { Self.words($0) } ?? "a name that nobody gives")"
    case .legacy(let path):
      "legacy\t" + path.levels.map { "\($0.role.rawValue) \(Hex.string($0.name.key))" }.joined(separator: "\t")
    case .cookie(let line, let object):
      object.map { Self.summary($0) } ?? "cookie\t\(Hex.string(line.key))\tno kernel has a name for it"
    case .volumeLine(let line): "volume\t\(EscapedBytes.string(line.key))"
    case .log(_, let keys, let object):
      object.map { Self.summary($0) } ?? "log\t" + keys.map { EscapedBytes.string($0) }.joined(separator: "\t")
    case .failure(let reason): reason
    }
  }

  private static func summary(_ object: PastedReading.NamedObject) -> String {
    let verdict = object.decoded.defect.map { "not canonical: \($0)" } ?? "canonical"
    let lengths = object.decoded.keyLengths
    let length =
      lengths.count > 1 ? "\(lengths[0])-\(lengths[lengths.count - 1])" : lengths.first.map { "\($0)" } ?? "-"
    let fanout = object.volume.map { KeyHash(cookieKey: object.key.span, in: $0.hash).fanout.description } ?? "-"
    return [
      "\(object.decoded.scheme.letter)", Hex.string(object.key), length, verdict, fanout,
      EscapedBytes.string(object.name),
    ].joined(separator: "\t")
  }

  static func words(_ name: GraveyardName) -> String {
    let time = Quantity.time(seconds: Int64(clamping: name.seconds), nanoseconds: 0)
    let who = name.undertaker == .kernel ? "the kernel" : "cachefilesd"
    return "buried by \(who) at \(time), number \(name.counter)"
  }

  func write(to json: inout JSONWriter) {
    json.bytes("input", input)
    switch reading {
    case .name(let object): write(object, to: &json)
    case .volume(let key): writeVolume(key, nil, to: &json)
    case .fanout(let key, let fanout): writeVolume(key, fanout, to: &json)
    case .buried(let name, _): write(name, to: &json)
    case .legacy(let path): Self.write(path, to: &json)
    case .cookie(let line, let object): write(line, object, to: &json)
    case .volumeLine(let line):
      json.text("kind", "volume")
      json.bytes("volume", line.key)
      json.hex("volume_hash", KeyHash(volumeKey: line.key.span).value)
      json.bytes("cache", line.cacheName)
      json.number("cookies", line.cookies)
      json.object("netfs") { NameAnswer.write(volumeKey: line.key.span, context, to: &$0) }
    case .log(let line, let keys, let object): write(line, keys, object, to: &json)
    case .failure(let reason):
      json.bool("canonical", false)
      json.text("reason", reason)
      json.text("error", reason)
    }
  }

  private func write(_ object: PastedReading.NamedObject, to json: inout JSONWriter) {
    NameAnswer.write(object.decoded, object.name.span, object.key.span, to: &json)
    guard let volume = object.volume else { return }
    NameAnswer.write(volume, object.key.span, object.decoded, object.fanout, context, to: &json)
  }

  private func writeVolume(_ key: [UInt8], _ fanout: Fanout?, to json: inout JSONWriter) {
    json.text("kind", fanout == nil ? "volume" : "fanout")
    json.bytes("volume", key)
    json.hex("volume_hash", KeyHash(volumeKey: key.span).value)
    if let fanout { json.text("fanout", fanout.description) }
    json.object("netfs") { NameAnswer.write(volumeKey: key.span, context, to: &$0) }
  }

  private func write(_ name: GraveyardName?, to json: inout JSONWriter) {
    json.text("kind", "graveyard")
    guard let name else { return json.null("undertaker") }
    json.text("undertaker", name.undertaker.rawValue)
    json.number("buried_seconds", name.seconds)
    json.number("counter", name.counter)
  }

  /// Writes the levels of a path of the old layout.
  static func write(_ path: LegacyPath, to json: inout JSONWriter) {
    json.text("kind", "legacy")
    json.object("netfs") { $0.text("type", path.type.rawValue) }
    json.array("levels") { json in
      for level in path.levels {
        json.object { json in
          json.text("role", level.role.rawValue)
          json.text("letter", String(Character(UnicodeScalar(level.name.letter))))
          json.hex("key", level.name.key.span)
          json.bool("canonical", level.name.isCanonical)
          json.text("fanout", level.name.fanout.description)
          if let placed = level.isInPlace { json.bool("placed", placed) }
          if let order = level.byteOrder { json.text("byte_order", order.rawValue) } else { json.null("byte_order") }
          json.object("fields") { json in for field in level.fields { field.write(to: &json) } }
        }
      }
    }
  }

  private func write(_ line: CookieLine, _ object: PastedReading.NamedObject?, to json: inout JSONWriter) {
    json.text("kind", "cookie")
    json.hex("cookie_id", line.cookie)
    json.hex("volume_id", line.volume)
    json.text("state", line.state.name)
    json.bool("in_use", line.isInUse)
    json.array("flags") { json in for flag in line.setFlags { json.text(nil, flag) } }
    json.hex("aux", line.coherency.span)
    if let object { write(object, to: &json) } else { json.hex("key", line.key.span) }
  }

  private func write(
    _ line: LogLine, _ keys: [[UInt8]], _ object: PastedReading.NamedObject?, to json: inout JSONWriter
  ) {
    json.text("kind", "log")
    if line.isCookieKeyCut {
      json.bool("key_cut", true)
      if let key = line.cookieKey { json.hex("key_start", key.span) }
    }
    if keys.count > 1 { json.array("volume_candidates") { json in for key in keys { json.bytes(nil, key) } } }
    if let object {
      write(object, to: &json)
    } else if keys.count == 1 {
      let key = keys[0]
      json.bytes("volume", key)
      json.object("netfs") { NameAnswer.write(volumeKey: key.span, context, to: &$0) }
    }
  }
}
