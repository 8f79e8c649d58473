import CachefilesFormat
import CachefilesStore

/// What the key of an object tells, and where its file was found.
struct ObjectSubjectView: Renderable {
  let subject: ObjectSubject
  /// Whether a mount was searched.
  let isSearched: Bool
  /// Where the file was found.
  let path: [UInt8]?

  private var volume: NetfsVolume? {
    subject.volume.map { NetfsVolume(volumeKey: $0.span, byteOrder: subject.byteOrder) }
  }

  /// The key with its true length where that is known, else padded to whole words.
  private var key: [UInt8] { subject.object.keyLength.map { Array(subject.key.prefix($0)) } ?? subject.key }

  /// Why nothing is told; nil where something is.
  private var reason: String? {
    if let impossibility = subject.object.impossibility { return impossibility }
    if case .opaque = subject.object.identity { return "the keys of this network file system are not known here" }
    return nil
  }

  func write(to json: inout JSONWriter) {
    json.bytes("object", subject.given)
    json.bytes("name", subject.name)
    json.hex("key", key.span)
    if let volume = subject.volume { json.bytes("volume", volume) } else { json.null("volume") }
    json.object("netfs") { json in
      json.text("type", subject.object.type.rawValue)
      if let volume {
        json.text("summary", volume.summary)
        json.object("volume") { json in for field in volume.fields { field.write(to: &json) } }
      }
      json.object("object") { json in for field in subject.object.fields { field.write(to: &json) } }
    }
    if let path { json.bytes("file", path) } else { json.null("file") }
    if let reason = path == nil && isSearched ? "no file of the mount has this key" : reason {
      json.text("reason", reason)
    } else {
      json.null("reason")
    }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var card = Card(EscapedBytes.string(subject.given), style)
    if isSearched {
      card.add("file", path.map { EscapedBytes.string($0) } ?? style.warning("no file of the mount has this key"))
    }
    card.add("volume", volume?.summary ?? subject.object.type.rawValue)
    card.add(subject.object.fields)
    if let reason { card.add("problem", reason) }
    card.add("cookie key", Hex.string(key))
    return card.lines
  }
}
