// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore

/// What the key of an object tells, and where its file was found.
struct ObjectSubjectView: Renderable {
  /// Whether a mount was searched.
  enum Search {
    case none
    case complete
    /// Not all of the mount could be looked at.
    case incomplete
    /// It ended early: the server did not answer, or a signal came.
    case cut
  }

  let subject: ObjectSubject
  /// What became of the search.
  let search: Search
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

  /// Why a search found no file; nil where it did, or there was none.
  private var missing: String? {
    if path != nil { return nil }
    return switch search {
    case .none: nil
    case .complete: "no file of the mount has this key"
    case .incomplete: "not found, and not all of the mount could be looked at"
    case .cut: "not found before the search ended"
    }
  }

  func write(to json: inout JSONWriter) {
    json.bytes("object", subject.given)
    if let location = ObjectLocation(subject.given) {
      if !location.root.isEmpty { json.root(location.rootPath) }
      json.bytes("entry", location.path)
    }
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
    if let reason = missing ?? reason {
      json.text("reason", reason)
    } else {
      json.null("reason")
    }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var card = Card(EscapedBytes.string(subject.given), style)
    if let path { card.add("file", EscapedBytes.string(path)) }
    if let missing { card.add("file", style.warning(missing)) }
    card.add("volume", volume?.summary ?? subject.object.type.rawValue)
    card.add(subject.object.fields)
    if let reason { card.add("problem", reason) }
    card.add("cookie key", Hex.string(key))
    return card.lines
  }
}
