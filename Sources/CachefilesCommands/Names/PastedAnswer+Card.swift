// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

extension PastedAnswer {
  func lines(_ style: Style, verbose: Bool) -> [String] {
    var card = Card(EscapedBytes.string(input), style)
    add(reading, to: &card, style, verbose: verbose)
    return card.lines
  }

  private func add(_ reading: PastedReading, to card: inout Card, _ style: Style, verbose: Bool) {
    switch reading {
    case .name(let object): add(object, to: &card, style, verbose: verbose)
    case .volume(let key): addVolume(key, to: &card)
    case .fanout(let key, let fanout):
      card.add("fanout", "\(fanout): objects whose key hash ends in \(fanout.description.dropFirst())")
      addVolume(key, to: &card)
    case .buried(let name, let below):
      card.add("graveyard", name.map { Self.words($0) } ?? "a name that neither the kernel nor cachefilesd gives")
      if !below.isEmpty { card.add("below", EscapedBytes.string(Array(below.joined(separator: [UInt8(ascii: "/")])))) }
    case .legacy(let path): Self.add(path, to: &card, style)
    case .cookie(let line, let object): add(line, object, to: &card, style, verbose: verbose)
    case .volumeLine(let line):
      card.add("cache", EscapedBytes.string(line.cacheName))
      card.add("cookies", "\(line.cookies)")
      addVolume(line.key, to: &card)
      card.add("directory", "cache/I" + EscapedBytes.string(line.key))
    case .log(let line, let keys, let object, let legacy):
      if object != nil, legacy != nil { card.add("kernel", "5.17 and later:") }
      add(line, keys, object, to: &card, style, verbose: verbose)
      if object != nil, legacy != nil { card.add("kernel", "before 5.17 (the line alone does not tell which):") }
      if let legacy { Self.add(legacy, to: &card) }
    case .legacyCookie(let cookie): Self.add(cookie, to: &card)
    case .state(let cookie): card.add("cookie", Self.words(cookie))
    case .cache(let line):
      card.add("cache", "\(EscapedBytes.string(line.name)), \(line.state.name)")
    case .message(let match, let inner):
      if let inner { add(inner, to: &card, style, verbose: verbose) }
      Self.add(match, to: &card)
    case .heading: card.add("heading", "the heading of a table: nothing to decode")
    case .failure(let reason): card.add("not decoded", reason)
    }
  }

  /// Adds what a message means to a card.
  static func add(_ match: LogMessage.Match, to card: inout Card) {
    card.add(
      "message", "\(match.message.id), written by \(match.message.source == .kernel ? "the kernel" : "cachefilesd")")
    card.add("releases", match.message.releases)
    card.add("meaning", match.message.meaning)
    if let words = match.numberMeaning { card.go(on: words) }
    card.add("what to do", match.message.advice)
  }

  /// Adds a cookie of a kernel before 5.17 to a card.
  private static func add(_ cookie: LegacyCookie, to card: inout Card) {
    card.add("layout", "before Linux 5.17: no newer kernel reads it")
    if let definition = cookie.definition { card.add("kind", EscapedBytes.string(definition.name)) }
    for (level, path) in zip(cookie.levels, cookie.paths) {
      let kind = cookie.levels.count > 1 ? (level.name.kind == .index ? " if an index" : " if data") : ""
      card.add("path", EscapedBytes.string(path) + kind)
    }
    card.add("cookie key", Hex.string(cookie.key))
    if let level = cookie.levels.first(where: { $0.role != .unknown }) ?? cookie.levels.first {
      if level.role != .unknown { card.add(level.role.rawValue, level.isInferred ? "by the form of the key" : "") }
      card.add(level.fields)
    }
    card.add(cookie.coherencyFields)
  }

  private func add(
    _ object: PastedReading.NamedObject, to card: inout Card, _ style: Style, verbose: Bool
  ) {
    NameAnswer.add(object.decoded, object.key.span, to: &card, style)
    guard let volume = object.volume else { return }
    NameAnswer.add(object.key.span, in: volume.hash, found: object.fanout, to: &card, style)
    NameAnswer.add(volumeKey: volume.key.span, context, to: &card)
    if verbose { card.add(NetfsVolume(volumeKey: volume.key.span, byteOrder: context.byteOrder).fields) }
    let identity = NetfsObject(
      cookieKey: object.key.span, keyLengths: object.decoded.lengthRange, in: volume.type, byteOrder: context.byteOrder)
    if let reason = identity.impossibility { card.add("file", style.bad("impossible") + ": \(reason)") }
    card.add(identity.fields)
    if identity.isLengthInferred, let length = identity.keyLength {
      card.go(on: style.faint("the key's length, \(length) bytes, follows from the netfs"))
    }
  }

  private func addVolume(_ key: [UInt8], to card: inout Card) {
    NameAnswer.add(volumeKey: key.span, context, to: &card)
    card.add("volume hash", Hex.string(KeyHash(volumeKey: key.span).value))
    card.add(NetfsVolume(volumeKey: key.span, byteOrder: context.byteOrder).fields)
  }

  /// Adds the levels of a path of the old layout to a card.
  static func add(_ path: LegacyPath, to card: inout Card, _ style: Style) {
    card.add("layout", "before Linux 5.17: no newer kernel reads it")
    for level in path.levels {
      let letter = Character(UnicodeScalar(level.name.letter))
      let place = level.isInPlace == false ? style.bad(" in the wrong directory, belongs in \(level.name.fanout)") : ""
      card.add(
        level.role.rawValue + (level.isInferred ? " (by its form)" : ""),
        "\(letter) \(Hex.string(level.name.key))\(place)")
      card.add(level.fields)
    }
  }

  private func add(
    _ line: CookieLine, _ object: PastedReading.NamedObject?, to card: inout Card, _ style: Style, verbose: Bool
  ) {
    card.add("cookie", "\(Hex.string(line.cookie)) in volume \(Hex.string(line.volume)), \(line.state.name)")
    card.add("flags", line.setFlags.isEmpty ? "none" : line.setFlags.joined(separator: ", "))
    guard let object else {
      card.add("name", style.bad("none") + ": the kernel has no name for a key of \(line.key.count) bytes")
      return
    }
    card.add("object name", EscapedBytes.string(object.name))
    add(object, to: &card, style, verbose: verbose)
    if object.volume == nil {
      card.go(on: style.faint("with --volume KEY (see /proc/fs/fscache/volumes), the whole path"))
    }
    if !line.coherency.isEmpty {
      let type = object.volume?.type ?? .unknown
      card.add(NetfsCoherency(object: line.coherency.span, in: type, byteOrder: context.givenOrder).fields)
    }
  }

  private func add(
    _ line: LogLine, _ keys: [[UInt8]], _ object: PastedReading.NamedObject?, to card: inout Card, _ style: Style,
    verbose: Bool
  ) {
    if case .ambiguous(_, let reason) = line.volumeKey {
      card.add("volume key", style.warning("ambiguous") + ": \(reason)")
      for key in keys { card.go(on: EscapedBytes.string(key)) }
    } else if keys.count == 1 {
      card.add("volume key", EscapedBytes.string(keys[0]))
      if object?.volume == nil { addVolume(keys[0], to: &card) }
    }
    if line.isCookieKeyCut, let key = line.cookieKey {
      card.add("cookie key", "\(Hex.string(key))… the line holds only its start, so its name cannot be told")
    }
    guard let object else { return }
    card.add("object name", EscapedBytes.string(object.name))
    if let volume = object.volume {
      let fanout = KeyHash(cookieKey: object.key.span, in: volume.hash).fanout
      card.add("path", "cache/I\(EscapedBytes.string(volume.key))/\(fanout)/\(EscapedBytes.string(object.name))")
    }
    add(object, to: &card, style, verbose: verbose)
  }
}
