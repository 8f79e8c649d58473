// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// Writes the rows of a manifest, as JSON lines or as comma-separated values; both have the same columns in the same order.
///
/// One value a thread. What the rows of a volume have in common is written once for each volume.
struct ManifestRow {
  /// The columns.
  static let columns = [
    "schema", "host", "time_ns", "volume", "netfs", "server", "export", "object", "key", "path", "size_bytes",
    "cached_bytes", "share", "extents", "disk_bytes", "atime_ns", "version", "modified_ns", "changed_ns",
    "version_number", "dirty", "pinned", "reachable",
  ]
  static let schema = "cachefiles.manifest/1"

  /// One object.
  struct Object: ~Escapable {
    /// The path below the root.
    let place: Span<UInt8>
    /// The key; empty when the name stands for none.
    let key: Span<UInt8>
    /// The path of the file; empty where it is not known.
    let file: Span<UInt8>
    /// The coherency data; empty without a readable record.
    let coherency: Span<UInt8>
    let facts: ManifestFacts
    let isPinned: Bool

    @_lifetime(copy place, copy key, copy file, copy coherency)
    init(
      place: Span<UInt8>, key: Span<UInt8>, file: Span<UInt8>, coherency: Span<UInt8>, facts: ManifestFacts,
      isPinned: Bool
    ) {
      self.place = place
      self.key = key
      self.file = file
      self.coherency = coherency
      self.facts = facts
      self.isPinned = isPinned
    }
  }

  private var json = JSONWriter(pretty: false)
  private var csv = CSVWriter()
  private let isCSV: Bool
  private let host: [UInt8]
  private let time: Timestamp
  /// What the rows of the current volume begin with.
  private var start: [UInt8] = []

  init(isCSV: Bool, host: [UInt8], time: Timestamp) {
    self.isCSV = isCSV
    self.host = host
    self.time = time
  }

  /// The line with the names of the columns that comma-separated values begin with.
  static var header: [UInt8] {
    var csv = CSVWriter()
    for column in columns { csv.text(column.utf8) }
    csv.end()
    return csv.bytes
  }

  /// From now on rows are of this volume.
  mutating func enter(volume key: [UInt8]) {
    let volume = NetfsVolume(volumeKey: key.span, byteOrder: .host)
    if isCSV {
      var cells = CSVWriter()
      cells.text(Self.schema.utf8)
      cells.bytes(host.span)
      cells.number(time.clampedNanoseconds)
      cells.bytes(key.span)
      for text in [volume.type.rawValue, volume.server ?? "", volume.export ?? ""] { cells.text(text.utf8) }
      start = cells.bytes
      return
    }
    start = JSONWriter.membersText { [host, time] json in
      json.text("schema", Self.schema)
      json.bytes("host", host)
      json.nanoseconds("time_ns", time)
      json.bytes("volume", key)
      json.text("netfs", volume.type.rawValue)
      if let server = volume.server { json.text("server", server) }
      if let export = volume.export { json.text("export", export) }
    }
  }

  /// Appends one row.
  mutating func append(_ object: borrowing Object, to buffer: inout [UInt8]) {
    if isCSV {
      csv.reset()
      writeCSV(object)
      buffer += csv.bytes
    } else {
      json.reset()
      writeJSON(object)
      buffer += json.bytes
    }
  }

  private mutating func writeJSON(_ object: borrowing Object) {
    let facts = object.facts
    let (place, key, file, coherency) = (object.place, object.key, object.file, object.coherency)
    let isPinned = object.isPinned
    json.open()
    json.members(start)
    json.bytes("object", place)
    if key.count > 0 { json.hex("key", key) }
    if file.count > 0 { json.bytes("path", file) }
    if let size = facts.size { json.number("size_bytes", size) }
    json.number("cached_bytes", facts.cachedBytes)
    if let share = facts.share { json.decimal("share", share) }
    json.number("extents", facts.extents)
    json.number("disk_bytes", facts.diskBytes)
    json.nanoseconds("atime_ns", facts.access)
    if coherency.count > 0 { json.hex("version", coherency) }
    if let time = facts.version?.modified { json.nanoseconds("modified_ns", Timestamp(time)) }
    if let time = facts.version?.changed { json.nanoseconds("changed_ns", Timestamp(time)) }
    if let number = facts.version?.number { json.number("version_number", number) }
    if facts.dirtiness != .cannotTell { json.bool("dirty", facts.dirtiness == .dirty) }
    json.bool("pinned", isPinned)
    json.bool("reachable", facts.isReachable)
    json.close()
    json.end()
  }

  private mutating func writeCSV(_ object: borrowing Object) {
    let facts = object.facts
    csv.cells(start)
    csv.bytes(object.place)
    csv.hex(object.key)
    csv.bytes(object.file)
    optional(facts.size)
    csv.number(facts.cachedBytes)
    if let share = facts.share {
      var text = JSONWriter(pretty: false)
      text.decimal(nil, share)
      csv.cells(text.bytes)
    } else {
      csv.empty()
    }
    csv.number(facts.extents)
    csv.number(facts.diskBytes)
    csv.number(facts.access.clampedNanoseconds)
    csv.hex(object.coherency)
    optional(facts.version?.modified.map { Timestamp($0).clampedNanoseconds })
    optional(facts.version?.changed.map { Timestamp($0).clampedNanoseconds })
    optional(facts.version?.number)
    if facts.dirtiness == .cannotTell { csv.empty() } else { truth(facts.dirtiness == .dirty) }
    truth(object.isPinned)
    truth(facts.isReachable)
    csv.end()
  }

  private mutating func optional(_ value: (some FixedWidthInteger)?) {
    if let value { csv.number(value) } else { csv.empty() }
  }

  private mutating func truth(_ value: Bool) { csv.word(value ? "true" : "false") }
}

extension Timestamp {
  /// A time of the server's.
  fileprivate init(_ moment: FileFacts.Moment) {
    self.init(seconds: moment.seconds, nanoseconds: moment.nanoseconds)
  }
}
