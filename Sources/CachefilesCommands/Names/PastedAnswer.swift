import CachefilesFormat

/// The answer to anything that can be pasted: a name, a path, a line of the kernel's.
struct PastedAnswer: Renderable {
  private let input: [UInt8]
  private let context: DecodeContext
  private let reading: Reading

  /// What the input turned out to be.
  private enum Reading {
    case name(NamedObject)
    case volume(key: [UInt8])
    case fanout(volumeKey: [UInt8], Fanout)
    case buried(GraveyardName?, below: [[UInt8]])
    case failure(String)
  }

  /// An object's name, with what is known of its place.
  struct NamedObject {
    var name: [UInt8]
    var key: [UInt8]
    var decoded: DecodedName
    var volume: NameDecoder.VolumeReading?
    var fanout: Fanout?

    init(name: [UInt8], volumeKey: [UInt8]?, fanout: Fanout?) throws(NameFailure) {
      self.name = name
      var key: [UInt8] = []
      decoded = try ObjectName.decode(name.span, into: &key)
      self.key = key
      volume = volumeKey.map { NameDecoder.VolumeReading(key: $0) }
      self.fanout = fanout
    }
  }

  /// Reads the input.
  init(_ input: [UInt8], _ context: DecodeContext) {
    self.input = input
    self.context = context
    reading = Self.read(input, context)
  }

  private static func read(_ input: [UInt8], _ context: DecodeContext) -> Reading {
    switch StorePath(input.span) {
    case .object(let volumeKey, let fanout, let name):
      return named(name, volumeKey: volumeKey, fanout: Fanout(directoryName: fanout))
    case .fanout(let volumeKey, let fanout):
      return Fanout(directoryName: fanout).map { .fanout(volumeKey: volumeKey, $0) } ?? .failure("no fanout directory")
    case .volume(let key): return .volume(key: key)
    case .buried(let components):
      let top = components[0]
      return .buried(GraveyardName(top.span), below: Array(components.dropFirst()))
    case .legacy: return .failure("a path of the layout before 5.17")
    case .bare(let name): return named(name, volumeKey: context.volumeKey, fanout: nil)
    case .other:
      return .failure(
        input.isEmpty
          ? "an empty line" : "neither a name nor a path into a cache (…/I<volume>/@xx/<name>) nor a line of the kernel's")
    }
  }

  private static func named(_ name: [UInt8], volumeKey: [UInt8]?, fanout: Fanout?) -> Reading {
    do throws(NameFailure) {
      return .name(try NamedObject(name: name, volumeKey: volumeKey, fanout: fanout))
    } catch {
      return .failure("\(error)")
    }
  }

  /// Why the input is nothing of a cache; nil when it is.
  var failure: String? {
    if case .failure(let reason) = reading { return reason }
    return nil
  }

  /// One line, for the filter form.
  var summary: String {
    switch reading {
    case .name(let object):
      let verdict = object.decoded.defect.map { "not canonical: \($0)" } ?? "canonical"
      return "\(object.decoded.scheme.letter)\t\(Hex.string(object.key))\t\(verdict)\t\(EscapedBytes.string(object.name))"
    case .volume(let key):
      return "volume\t\(NetfsVolume(volumeKey: key.span, byteOrder: context.byteOrder).summary)\t\(EscapedBytes.string(key))"
    case .fanout(let key, let fanout): return "fanout\t\(fanout)\t\(EscapedBytes.string(key))"
    case .buried(let name, _): return "graveyard\t\(name.map { Self.words($0) } ?? "a name of nobody known")"
    case .failure(let reason): return reason
    }
  }

  private static func words(_ name: GraveyardName) -> String {
    let time = Quantity.time(seconds: Int64(clamping: name.seconds), nanoseconds: 0)
    let who = name.undertaker == .kernel ? "the kernel" : "cachefilesd"
    return "buried by \(who) at \(time), number \(name.counter)"
  }

  func write(to json: inout JSONWriter) {
    json.bytes("input", input)
    switch reading {
    case .name(let object):
      NameAnswer.write(object.decoded, object.name.span, object.key.span, to: &json)
      if let volume = object.volume {
        NameAnswer.write(volume, object.key.span, object.decoded, object.fanout, context, to: &json)
      }
    case .volume(let key): writeVolume(key, nil, to: &json)
    case .fanout(let key, let fanout): writeVolume(key, fanout, to: &json)
    case .buried(let name, _):
      json.text("kind", "graveyard")
      if let name {
        json.text("undertaker", name.undertaker.rawValue)
        json.number("buried_ns", name.seconds * 1_000_000_000)
        json.number("counter", name.counter)
      }
    case .failure(let reason): json.text("error", reason)
    }
  }

  private func writeVolume(_ key: [UInt8], _ fanout: Fanout?, to json: inout JSONWriter) {
    json.text("kind", fanout == nil ? "volume" : "fanout")
    json.bytes("volume", key)
    json.hex("volume_hash", KeyHash(volumeKey: key.span).value)
    if let fanout { json.text("fanout", fanout.description) }
    json.object("netfs") { NameAnswer.write(volumeKey: key.span, context, to: &$0) }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var card = Card(EscapedBytes.string(input), style)
    switch reading {
    case .name(let object): add(object, to: &card, style, verbose: verbose)
    case .volume(let key): addVolume(key, to: &card)
    case .fanout(let key, let fanout):
      card.add("fanout", "\(fanout): objects whose key hash ends in \(fanout.description.dropFirst())")
      addVolume(key, to: &card)
    case .buried(let name, let below):
      card.add("graveyard", name.map { Self.words($0) } ?? "a name that neither the kernel nor cachefilesd gives")
      if !below.isEmpty { card.add("below", EscapedBytes.string(Array(below.joined(separator: [UInt8(ascii: "/")])))) }
    case .failure(let reason): card.add("not decoded", reason)
    }
    return card.lines
  }

  private func add(_ object: NamedObject, to card: inout Card, _ style: Style, verbose: Bool) {
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
}
