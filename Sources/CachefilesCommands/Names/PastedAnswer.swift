// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO

/// The answer to anything that can be pasted: a name, a path, a line of the kernel's.
struct PastedAnswer: Renderable {
  let input: [UInt8]
  let context: DecodeContext
  let reading: PastedReading

  /// Reads the input.
  init(_ input: [UInt8], _ context: DecodeContext, _ memory: inout LogMemory) {
    self.init(
      input, context,
      PastedReading(input, volumeKey: context.volumeKey, byteOrder: context.givenOrder, memory: &memory))
  }

  /// Reads the input alone.
  init(_ input: [UInt8], _ context: DecodeContext) {
    var memory = LogMemory()
    self.init(input, context, &memory)
  }

  private init(_ input: [UInt8], _ context: DecodeContext, _ reading: PastedReading) {
    self.input = input
    self.context = context
    self.reading = reading
  }

  /// Whether there is nothing to say: the heading of a table.
  var isHeading: Bool {
    if case .heading = reading { return true }
    return false
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
      path.levels.isEmpty
        ? "legacy\t\(path.lastFanout.map { "the directory \($0)" } ?? "")"
        : "legacy\t" + path.levels.map { Self.summary($0) }.joined(separator: "\t")
    case .cookie(let line, let object):
      object.map { Self.summary($0) } ?? "cookie\t\(Hex.string(line.key))\tno kernel has a name for it"
    case .volumeLine(let line): "volume\t\(EscapedBytes.string(line.key))"
    case .log(_, let keys, let object, let legacy):
      [
        object.map { Self.summary($0) + (legacy == nil ? "" : "\t5.17 and later") }, legacy.map { Self.summary($0) },
      ].compactMap { $0 }.nonEmpty?.joined(separator: "\n")
        ?? "log\t" + keys.map { EscapedBytes.string($0) }.joined(separator: "\t")
    case .legacyCookie(let cookie): Self.summary(cookie)
    case .state(let cookie): "state\t\(Self.words(cookie))"
    case .cache(let line): "cache\t\(EscapedBytes.string(line.name))\t\(line.state.name)"
    case .message(let match, let inner):
      (inner.map { PastedAnswer(input, context, $0).summary + "\t" } ?? "")
        + "message\t\(match.message.id)\t\(match.explanation)"
    case .heading: "heading"
    case .failure(let reason): reason
    }
  }

  private static func summary(_ object: PastedReading.NamedObject) -> String {
    let verdict = object.decoded.defect.map { "not canonical: \($0)" } ?? "canonical"
    let lengths = object.decoded.keyLengths
    let length =
      lengths.count > 1 ? "\(lengths[0])-\(lengths[lengths.count - 1])" : lengths.first.map { "\($0)" } ?? "-"
    let belongs = object.volume.map { KeyHash(cookieKey: object.key.span, in: $0.hash).fanout }
    let misplaced = belongs.flatMap { own in object.fanout.flatMap { $0 == own ? nil : " (misplaced in \($0))" } } ?? ""
    return [
      "\(object.decoded.scheme.letter)", Hex.string(object.key), length, verdict,
      (belongs?.description ?? "-") + misplaced,
      EscapedBytes.string(object.name),
    ].joined(separator: "\t")
  }

  /// A level of a path: what the key of a server says, the key of all others.
  private static func summary(_ level: LegacyPath.Level) -> String {
    let fields = level.role == .server ? level.fields : []
    return level.role.rawValue + " "
      + (fields.nonEmpty.map { words($0) } ?? Hex.string(level.name.key))
  }

  private static func words(_ fields: [NetfsField]) -> String {
    fields.map { "\($0.name.replacing("_", with: " ")) \($0.value.words)" }.joined(separator: ", ")
  }

  /// A cookie of a kernel before 5.17: where it stands below its parent, its key, and what that is.
  private static func summary(_ cookie: LegacyCookie) -> String {
    let facts = cookie.levels.first.map { level in
      level.fields.isEmpty ? level.role.rawValue : level.role.rawValue + ", " + words(level.fields)
    }
    return
      (["legacy", Hex.string(cookie.key)] + cookie.paths.map { EscapedBytes.string($0) } + [facts ?? "", "before 5.17"])
      .joined(separator: "\t")
  }

  /// What a line about a cookie says.
  static func words(_ cookie: LogCookie) -> String {
    var words: [String] = []
    if let state = cookie.state { words.append(state.name) }
    if let flags = cookie.flags { words.append("flags " + (flags.isEmpty ? "none" : flags.joined(separator: ", "))) }
    if let definition = cookie.definition { words.append("of kind " + EscapedBytes.string(definition.name)) }
    if cookie.kernels != .any { words.append("kernel \(cookie.kernels.rawValue)") }
    return words.joined(separator: "; ")
  }

  static func words(_ name: GraveyardName) -> String {
    let time = Quantity.time(Timestamp(seconds: Int64(clamping: name.seconds)))
    let who = name.undertaker == .kernel ? "the kernel" : "cachefilesd"
    return "buried by \(who) at \(time), number \(name.counter)"
  }

  func write(to json: inout JSONWriter) {
    json.bytes("input", input)
    writeReading(to: &json)
  }

  /// Writes a message of the table.
  static func write(_ match: LogMessage.Match, to json: inout JSONWriter) {
    let message = match.message
    json.text("id", message.id)
    json.text("source", message.source.rawValue)
    json.text("weight", message.weight.rawValue)
    json.text("releases", message.releases)
    json.text("meaning", message.meaning)
    if let number = match.number { json.number("number", number) }
    if let words = match.numberMeaning { json.text("number_meaning", words) }
    json.text("advice", message.advice)
  }

  /// Writes a cookie of a kernel before 5.17.
  private static func write(_ cookie: LegacyCookie, to json: inout JSONWriter) {
    json.text("kernels", LogKernels.before517.rawValue)
    json.hex("key", cookie.key.span)
    if let definition = cookie.definition { json.bytes("definition", definition.name) }
    json.array("paths") { json in for path in cookie.paths { json.bytes(nil, path) } }
    guard let level = cookie.levels.first else { return }
    json.object("netfs") { $0.text("type", level.type.rawValue) }
    json.text("role", level.role.rawValue)
    json.object("fields") { json in for field in level.fields { field.write(to: &json) } }
    if !cookie.coherency.isEmpty {
      json.hex("aux", cookie.coherency.span)
      json.object("coherency") { json in for field in cookie.coherencyFields { field.write(to: &json) } }
    }
  }

  private func writeReading(to json: inout JSONWriter) {
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
    case .log(let line, let keys, let object, let legacy):
      write(line, keys, object, to: &json)
      if let legacy { json.object("legacy") { Self.write(legacy, to: &$0) } }
    case .legacyCookie(let cookie):
      json.text("kind", "legacy")
      Self.write(cookie, to: &json)
    case .state(let cookie):
      json.text("kind", "state")
      json.text("kernels", cookie.kernels.rawValue)
      if let state = cookie.state { json.text("state", state.name) }
      if let flags = cookie.flags { json.array("flags") { json in for flag in flags { json.text(nil, flag) } } }
      if let definition = cookie.definition { json.bytes("definition", definition.name) }
    case .cache(let line):
      json.text("kind", "cache")
      json.bytes("cache", line.name)
      json.text("state", line.state.name)
    case .message(let match, let inner):
      if let inner { PastedAnswer(input, context, inner).writeReading(to: &json) } else { json.text("kind", "message") }
      json.object("message") { Self.write(match, to: &$0) }
    case .heading: json.text("kind", "heading")
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
          if level.isInferred { json.bool("inferred", true) }
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

extension Array {
  /// The array, nil when it is empty.
  var nonEmpty: [Element]? { isEmpty ? nil : self }
}
