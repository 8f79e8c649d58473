// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

/// One entry of a cache directory, as `show` prints it.
struct ShowView: Renderable {
  let inspection: Inspection
  let context: DecodeContext
  let record: RecordView?
  let volume: NameDecoder.VolumeReading?
  private let object: ObjectView?

  /// What a name at an object's place stands for.
  private struct ObjectView {
    var decoded: DecodedName?
    var key: [UInt8] = []
    var failure: String?
    var found: Fanout?
    var belongs: Fanout?
    var verdict: ObjectVerdict
    var identity: NetfsObject?
  }

  init(_ inspection: Inspection, byteOrder: ByteOrder?) {
    self.inspection = inspection
    var context = DecodeContext(volumeKey: nil, byteOrder: byteOrder)
    switch inspection.position {
    case .object(let volumeKey, let fanout, let name):
      let reading = NameDecoder.VolumeReading(key: volumeKey)
      volume = reading
      record = inspection.attribute.map {
        RecordView(value: $0, type: reading.type, isVolume: false, byteOrder: byteOrder, layout: .volumes)
      }
      context.provenOrder = record?.provenByteOrder
      object = Self.object(inspection, name, reading, Fanout(directoryName: fanout), context)
    case .volume(let key), .fanout(let key, _):
      let reading = NameDecoder.VolumeReading(key: key)
      volume = reading
      record = inspection.attribute.map {
        RecordView(value: $0, type: reading.type, isVolume: true, byteOrder: byteOrder)
      }
      object = nil
    default:
      volume = nil
      record = nil
      object = nil
    }
    self.context = context
  }

  private static func object(
    _ inspection: Inspection, _ name: [UInt8], _ volume: NameDecoder.VolumeReading, _ found: Fanout?,
    _ context: DecodeContext
  ) -> ObjectView {
    var key: [UInt8] = []
    var decoded: DecodedName?
    var failure: String?
    do throws(NameFailure) { decoded = try ObjectName.decode(name.span, into: &key) } catch { failure = "\(error)" }
    let belongs = decoded.map { _ in KeyHash(cookieKey: key.span, in: volume.hash).fanout }
    let verdict = ObjectVerdict(inspection, decoded: decoded, belongs: belongs, found: found, in: volume.rules)
    let identity = decoded.map {
      NetfsObject(cookieKey: key.span, keyLengths: $0.lengthRange, in: volume.type, byteOrder: context.byteOrder)
    }
    return ObjectView(
      decoded: decoded, key: key, failure: failure, found: found, belongs: belongs, verdict: verdict,
      identity: identity)
  }

  /// What could not be read, a line each.
  var failures: [String] {
    var lines: [String] = []
    if let error = inspection.attributeError {
      lines.append("\(StoreError(path: inspection.path, operation: "read the cache attribute", error: error))")
    }
    if let error = inspection.extentsError {
      lines.append("\(StoreError(path: inspection.path, operation: "find the data", error: error))")
    }
    if let error = inspection.volumeError { lines.append("\(error)") }
    if let error = inspection.entriesError {
      lines.append("\(StoreError(path: inspection.path, operation: "list", error: error))")
    }
    return lines
  }

  // MARK: - Cached share

  /// The size that the cached share refers to: the netfs file's, else the file's own.
  private var size: UInt64 {
    // Records of the layout before 5.17 hold no size; the file's own length is the exact one there.
    guard case .object = inspection.position, let attribute = inspection.attribute,
      let record = try? ObjectRecord(parsing: attribute.span)
    else { return inspection.status.size }
    return record.objectSize
  }

  /// The bytes of the netfs file that are cached.
  private var cachedBytes: UInt64 {
    (inspection.extents ?? []).reduce(0) { $0 + $1.length(within: size) }
  }

  private var share: Double { size == 0 ? 1 : Double(cachedBytes) / Double(size) }

  // MARK: - JSON

  func write(to json: inout JSONWriter) {
    json.bytes("path", inspection.path)
    if let location = EntryLocation(inspection.path) {
      json.root(location.root)
      json.bytes("entry", location.path)
    }
    json.text("kind", kind)
    writeIdentity(to: &json)
    if let record { json.object("record") { record.write(to: &$0) } } else { json.null("record") }
    writeFile(to: &json)
    if let object {
      let verdict = object.verdict
      writeKernel(verdict.outcome.rawValue, verdict.outcomeBefore.rawValue, verdict.reason, to: &json)
    } else if record != nil || kind == "volume" {
      let rejection = volumeRejection
      writeKernel(
        (rejection?.outcome(.since6_10) ?? .accept).rawValue, (rejection?.outcome(.before6_10) ?? .accept).rawValue,
        rejection?.description, to: &json)
    }
  }

  /// What the names say.
  private func writeIdentity(to json: inout JSONWriter) {
    if let object, let volume {
      if let decoded = object.decoded, case .object(_, _, let name) = inspection.position {
        NameAnswer.write(decoded, name.span, object.key.span, to: &json)
        NameAnswer.write(volume, object.key.span, decoded, object.found, context, to: &json)
      } else {
        json.bytes("volume", volume.key)
        json.bool("canonical", false)
        json.text("reason", object.failure ?? "")
      }
    } else if let volume {
      json.bytes("volume", volume.key)
      json.hex("volume_hash", volume.hash.value)
      json.object("netfs") { NameAnswer.write(volumeKey: volume.key.span, context, to: &$0) }
    }
  }

  /// What the file system says.
  private func writeFile(to json: inout JSONWriter) {
    json.text("file_type", inspection.status.kind.words)
    json.number("file_bytes", inspection.status.size)
    json.number("disk_bytes", inspection.status.allocatedBytes)
    json.number("inode", inspection.status.inode)
    json.number("links", inspection.status.links)
    json.text("mode", Self.mode(inspection.status))
    json.nanoseconds("atime_ns", inspection.status.access)
    json.nanoseconds("mtime_ns", inspection.status.modification)
    if let entries = inspection.entries { json.number("entries", entries) }
    if let extents = inspection.extents {
      json.number("data_bytes", extents.reduce(0) { $0 + $1.length })
      json.number("cached_bytes", cachedBytes)
      json.decimal("cached_share", share)
      let runs = extents.map { (offset: $0.offset, length: $0.length) }
      json.runs("runs", runs)
      // The old name of the same.
      json.runs("extents", runs)
    }
  }

  /// What a kernel makes of it.
  private func writeKernel(_ outcome: String, _ before: String, _ reason: String?, to json: inout JSONWriter) {
    json.object("kernel") { json in
      json.text("outcome", outcome)
      json.text("outcome_before_6_10", before)
      if let reason { json.text("reason", reason) } else { json.null("reason") }
    }
  }

  private var kind: String {
    switch inspection.position {
    case .object: "object"
    case .fanout: "fanout"
    case .volume: "volume"
    case .legacy: "legacy"
    case .buried: "graveyard"
    case .bare, .other: "other"
    }
  }

  private var volumeRejection: VolumeRejection? {
    VolumeRecord.rejection(
      of: inspection.attribute, coherencyLength: volume?.rules.volumeCoherencyLength)
  }

  // MARK: - Text

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var card = Card(EscapedBytes.string(inspection.path), style)
    if let object, let volume {
      addObject(object, volume, to: &card, style, verbose: verbose)
    } else if let volume {
      addVolume(volume, to: &card, style)
    } else {
      if case .other = inspection.position, inspection.status.kind != .directory {
        card.add("place", style.warning("in no cache: not where one has objects"))
      }
      addOther(to: &card, style, verbose: verbose)
    }
    return card.lines
  }

  private func addObject(
    _ object: ObjectView, _ volume: NameDecoder.VolumeReading, to card: inout Card, _ style: Style, verbose: Bool
  ) {
    NameAnswer.add(volumeKey: volume.key.span, context, to: &card)
    if verbose { card.add(NetfsVolume(volumeKey: volume.key.span, byteOrder: context.byteOrder).fields) }
    if let identity = object.identity {
      if let reason = identity.impossibility { card.add("file", style.bad("impossible") + ": \(reason)") }
      card.add(identity.fields)
    }
    card.space()
    if let record {
      record.add(to: &card, style)
    } else if inspection.status.kind == .regular, inspection.attributeError == nil {
      card.add("record", style.bad("none"))
    }
    addFile(to: &card, style)
    card.space()
    if let decoded = object.decoded {
      NameAnswer.add(decoded, object.key.span, to: &card, style)
      NameAnswer.add(object.key.span, in: volume.hash, found: object.found, to: &card, style)
    } else {
      card.add("name", style.bad("stands for no cookie key") + ": \(object.failure ?? "")")
    }
    card.space()
    addVerdict(object.verdict, to: &card, style)
  }

  /// Whether it is a file that no cache knows of: what it has is not cached.
  private var isForeign: Bool {
    if case .other = inspection.position { return inspection.attribute == nil }
    return false
  }

  /// The file on disk, and a map of what it holds.
  private func addFile(to card: inout Card, _ style: Style) {
    let status = inspection.status
    guard status.kind == .regular else {
      card.add("on disk", style.bad(status.kind.words))
      return
    }
    if let extents = inspection.extents, !isForeign {
      let runs = extents.count == 1 ? "1 run" : "\(Quantity.count(extents.count)) runs"
      card.add(
        "cached",
        size == 0
          ? "all of an empty file"
          : "\(Quantity.percent(share))   \(Quantity.size(cachedBytes)) of \(Quantity.size(size)) in \(runs)")
      // The labels of a card take 28 columns, the ends of the map two.
      let width = style.columns.map { max(16, min(64, $0 - 30)) } ?? 64
      let map = Bar.map(extents.map { ($0.offset, $0.length) }, size: max(size, 1), width: width)
      if size > 0 { card.go(on: "▕" + style.drawing(map) + "▏") }
      for extent in extents.prefix(Self.shownExtents) where extents.count > 1 {
        card.go(on: style.faint("\(extent.offset)–\(extent.end - 1)  \(Quantity.size(extent.length))"))
      }
      if extents.count > Self.shownExtents {
        card.go(
          on: style.faint("and \(Quantity.count(extents.count - Self.shownExtents)) more; all of them with --json"))
      }
    }
    card.add(
      "on disk",
      "\(Quantity.size(status.allocatedBytes)) allocated, length \(status.size), mode \(Self.mode(status))"
        + (status.links > 1 ? ", \(status.links) hard links" : ""))
    card.add(
      "last used",
      "\(Quantity.time(status.access))  (\(Quantity.ago(status.access, now: Timestamp.now)))")
  }

  private static let shownExtents = 8

  /// What a kernel compares with the server's file when it opens an object: the size, and the coherency data of the netfs.
  private static func compared(_ type: NetfsType?) -> String {
    switch type {
    case .nfs, .cifs: "this size and these times"
    case .afs: "this size and this data version"
    case .ninep: "this size and this qid version"
    case .ceph: "this size and this version"
    case .erofs: "this size"
    case .unknown, nil: "this size and these coherency data"
    }
  }

  /// The permission bits as four octal digits.
  private static func mode(_ status: FileStatus) -> String {
    let digits = String(status.permissions, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private func addVerdict(_ verdict: ObjectVerdict, to card: inout Card, _ style: Style) {
    let reason = verdict.reason.map { ": \($0)" } ?? ""
    switch verdict.outcome {
    case .accept:
      card.add("kernel", style.good("uses it") + ", if the server's file still has \(Self.compared(volume?.rules))")
    case .replace: card.add("kernel", style.warning("replaces it") + " at the next open\(reason)")
    case .refuse:
      card.add(
        "kernel", style.bad("refuses it forever") + ", and caches nothing of this file until it is removed\(reason)")
    case .unlink: card.add("kernel", style.warning("unlinks it") + " at the next open and makes a new object\(reason)")
    case .bury: card.add("kernel", style.warning("moves it to the graveyard") + " at the next open\(reason)")
    case .unreachable: card.add("kernel", style.bad("never finds it") + reason)
    case .withdraw: card.add("kernel", style.bad("takes the whole cache offline") + " when it opens it\(reason)")
    }
    if verdict.outcomeBefore != verdict.outcome {
      card.go(
        on: style.faint("kernels before 6.10 without the fix of that release \(verdict.outcomeBefore.rawValue) it"))
    }
    if volume != nil, inspection.hasVolume, let volume {
      let rejection = VolumeRecord.rejection(
        of: inspection.volumeAttribute, coherencyLength: volume.rules.volumeCoherencyLength)
      if let rejection {
        card.go(
          on: style.bad(
            "its volume directory is \(rejection.outcome(.since6_10) == .refuse ? "refused" : "buried at the next mount")"
          ) + ": \(rejection)")
      }
    }
  }

  private func addVolume(_ volume: NameDecoder.VolumeReading, to card: inout Card, _ style: Style) {
    NameAnswer.add(volumeKey: volume.key.span, context, to: &card)
    card.add("volume hash", Hex.string(volume.hash.value))
    card.add(NetfsVolume(volumeKey: volume.key.span, byteOrder: context.byteOrder).fields)
    card.space()
    card.add(
      "on disk",
      "\(inspection.status.kind.words), \(inspection.entries.map { "\($0) entries, " } ?? "")mode \(Self.mode(inspection.status))"
    )
    guard case .volume = inspection.position else { return }
    if let record { record.add(to: &card, style) } else { card.add("record", style.bad("none")) }
    guard inspection.status.kind == .directory else {
      card.add(
        "kernel", style.bad("cannot use it") + ": it is \(inspection.status.kind.words), so the mount is not cached")
      return
    }
    if let rejection = volumeRejection {
      let refused = rejection.outcome(.since6_10) == .refuse
      card.add(
        "kernel",
        refused ? style.bad("refuses it: the mount is not cached") : style.warning("buries it at the next mount"))
      card.go(on: rejection.description)
    } else {
      card.add("kernel", style.good("uses it"))
    }
  }

  private func addOther(to card: inout Card, _ style: Style, verbose: Bool) {
    let answer = PastedAnswer(inspection.path, context)
    if answer.failure == nil { card.add(lines: Array(answer.lines(style, verbose: verbose).dropFirst())) }
    if case .legacy(let path) = answer.reading, let value = inspection.attribute, let level = path.levels.last,
      let record = try? LegacyRecord(parsing: value.span)
    {
      card.space()
      card.add("record", "\(value.count) bytes, \(record.typeName)")
      card.add(level.fields(of: record))
    }
    addFile(to: &card, style)
    if let entries = inspection.entries { card.add("entries", Quantity.count(entries)) }
    if let attribute = inspection.attribute { card.add("attribute", Hex.string(attribute)) }
  }
}
