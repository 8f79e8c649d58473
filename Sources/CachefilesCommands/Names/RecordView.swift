// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// A cache attribute, parsed, as text and JSON: the same in `record` and `show`.
struct RecordView {
  /// The attribute's bytes.
  let value: [UInt8]
  /// The netfs of the volume, where it is known.
  let type: NetfsType
  /// Whether it is a volume directory's.
  let isVolume: Bool
  /// The byte order that was given; nil to let the bytes decide.
  let byteOrder: ByteOrder?
  /// The layout of the tree that it is from; `mixed` where that is not known.
  var layout: FormatGeneration = .mixed

  /// What the bytes are.
  private enum Content {
    case object(ObjectRecord, NetfsCoherency)
    case volume(VolumeRecord, NetfsCoherency)
    case legacy(LegacyRecord)
    case broken(String)
  }

  private var content: Content {
    if isVolume {
      do throws(VolumeRecord.Failure) {
        let record = try VolumeRecord(parsing: value.span)
        return .volume(record, NetfsCoherency(volume: record.coherency.span, in: type))
      } catch {
        return .broken("\(error)")
      }
    }
    switch layout {
    case .legacy: if let record = try? LegacyRecord(parsing: value.span) { return .legacy(record) }
    case .volumes: break
    default: if let record = LegacyRecord(recognising: value.span) { return .legacy(record) }
    }
    do throws(ObjectRecord.Failure) {
      let record = try ObjectRecord(parsing: value.span)
      return .object(record, NetfsCoherency(object: record.coherency.span, in: type, byteOrder: byteOrder))
    } catch {
      return .broken("\(error)")
    }
  }

  /// Why the bytes are no record; nil when they are one.
  var failure: String? {
    if case .broken(let reason) = content { return reason }
    return nil
  }

  /// The byte order that the record proves.
  var provenByteOrder: ByteOrder? {
    guard case .object(let record, _) = content else { return nil }
    return NetfsCoherency.provenByteOrder(object: record.coherency.span, in: type)
  }

  /// Writes the members of the JSON object `record`.
  func write(to json: inout JSONWriter) {
    json.number("length", value.count)
    switch content {
    case .broken(let reason):
      let start = Array(value.prefix(Self.shown))
      json.hex("value", start.span)
      json.text("problem", reason)
    case .object(let record, let coherency):
      json.number("object_size_bytes", record.objectSize)
      json.number("zero_point", record.zeroPoint)
      json.number("type", record.type)
      json.number("content", record.content.rawValue)
      json.text("content_name", record.content.name)
      json.hex("aux", record.coherency.span)
      write(coherency, to: &json)
    case .legacy(let record):
      json.text("layout", FormatGeneration.legacy.rawValue)
      json.text("type_name", record.typeName)
      guard case .cookie(let kind, let coherency) = record else { return }
      json.number("type", kind)
      json.hex("aux", coherency.span)
      json.object("coherency") { json in
        json.text("netfs", (type == .unknown ? record.inferredType : type).rawValue)
        for field in record.fields(in: type, byteOrder: byteOrder) { field.write(to: &json) }
      }
    case .volume(let record, let coherency):
      json.number("reserved", record.reserved)
      json.hex("aux", record.coherency.span)
      write(coherency, to: &json)
    }
  }

  /// Of a value that is no record, so many bytes are shown.
  private static let shown = 64

  private func write(_ coherency: NetfsCoherency, to json: inout JSONWriter) {
    json.object("coherency") { json in
      json.text("netfs", type.rawValue)
      json.text("byte_order", coherency.order.words)
      if let problem = coherency.problem { json.text("problem", problem) }
      for field in coherency.fields { field.write(to: &json) }
    }
  }

  /// Adds the record to a card.
  func add(to card: inout Card, _ style: Style) {
    switch content {
    case .broken(let reason):
      card.add("record", style.bad("unreadable") + ": \(reason)")
      let shown = Hex.string(Array(value.prefix(Self.shown)))
      if !value.isEmpty { card.go(on: shown + (value.count > Self.shown ? "…" : "")) }
    case .object(let record, let coherency):
      card.add("netfs file size", "\(Quantity.size(record.objectSize)) (\(record.objectSize) bytes)")
      add(coherency, to: &card, style)
      var words = "\(value.count) bytes, content \(record.content.name)"
      switch record.content {
      case .noData: words += style.faint(" (written for every clean object, full or empty)")
      case .dirty: words += style.warning(" (open for writing when last seen)")
      default: words += style.faint(" (\(record.content.rawValue))")
      }
      card.add("record", words)
      if record.type != ObjectRecord.dataType { card.add("type", style.bad("\(record.type)") + ", not 1") }
      if record.zeroPoint != 0 { card.add("zero point", "\(record.zeroPoint) (kernels write 0 and never read it)") }
    case .legacy(let record):
      card.add("layout", "before Linux 5.17: the size is that of the file itself")
      card.add("record", "\(value.count) bytes, \(record.typeName)")
      if type == .unknown, record.inferredType != .unknown {
        card.add("netfs", "\(record.inferredType.rawValue), by the length")
      }
      card.add(record.fields(in: type, byteOrder: byteOrder))
    case .volume(let record, let coherency):
      card.add("record", "\(value.count) bytes, reserved \(record.reserved)")
      add(coherency, to: &card, style)
    }
  }

  private func add(_ coherency: NetfsCoherency, to card: inout Card, _ style: Style) {
    card.add(coherency.fields)
    if let problem = coherency.problem { card.add("coherency data", style.warning(problem)) }
    switch coherency.order {
    case .ambiguous: card.go(on: style.faint("the bytes do not tell the writer's byte order: both readings are shown"))
    case .given(let order):
      card.go(on: style.faint("read as \(order.rawValue)-endian, as told; the bytes do not prove it"))
    case .fixed, .determined: break
    }
  }
}

extension NetfsCoherency.Order {
  /// In a word or two.
  var words: String {
    switch self {
    case .fixed: "fixed"
    case .determined(let order): order.rawValue
    case .given(let order): "\(order.rawValue) (given)"
    case .ambiguous: "ambiguous"
    }
  }
}
