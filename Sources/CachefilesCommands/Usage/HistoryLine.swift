// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import FoundationEssentials
import LinuxIO
import SystemPackage

/// A line of a history: the figures of one run as JSON, of the schema `cachefiles.stats-record/1` (Docs/Usage.md).
struct HistoryLine {
  private(set) var record: HistoryRecord

  private static let schemaFamily = "cachefiles.stats-record/"
  private static let schema = schemaFamily + "1"

  init(_ record: HistoryRecord) { self.record = record }

  /// Opens the history in a directory.
  static func open(_ path: ByteArgument, about store: borrowing Store) throws(Failure) -> History {
    do throws(StoreError) { return try History(FilePath(bytes: path.bytes), about: store) } catch {
      throw Failure(error.description)
    }
  }

  /// Appends the line to a history.
  func append(to history: borrowing History) throws(Failure) {
    do throws(StoreError) { try history.append(bytes, judgingTail: Self.judge) } catch {
      throw Failure(error.description)
    }
  }

  /// What stands at the end of a history without a newline.
  static func judge(_ tail: [UInt8]) -> History.Tail {
    if isOfSomeVersion(tail) { return .record }
    // What is left of a line is the beginning of one; a file system that lost power may have zeros in the place of the rest, or of all.
    let end = tail.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
    let beginning = Array("{\"schema\":\"\(schemaFamily)".utf8)
    let length = min(end, beginning.count)
    return tail.prefix(length) == beginning.prefix(length) ? .remainder : .foreign
  }

  /// Whether a line is a whole record, of this version or a later one.
  static func isOfSomeVersion(_ line: [UInt8]) -> Bool {
    struct Named: Decodable { var schema: String }
    let found = try? JSONDecoder().decode(Named.self, from: Data(line))
    return found?.schema.hasPrefix(schemaFamily) ?? false
  }

  /// The line with its newline.
  var bytes: [UInt8] {
    var json = JSONWriter(pretty: false)
    json.object { json in
      json.text("schema", Self.schema)
      json.bytes("host", MachineName.current)
      json.bytes("root", record.root)
      json.nanoseconds("time_ns", record.time)
      json.number("objects", record.objects)
      json.number("disk_bytes", record.diskBytes)
      json.number("errors", record.errors)
      for (key, room) in [("space_bytes" as StaticString, record.space), ("files", record.files)] {
        guard let room else { continue }
        json.object(key) { json in
          json.number("total", room.total)
          json.number("available", room.available)
          json.number("run", room.run)
          json.number("cull", room.cull)
        }
      }
      json.bool("access_times", record.hasAccessTimes)
      if let culled = record.culled { json.number("culled", culled) }
      if let refused = record.refused { json.number("refused_for_space", refused) }
      if let since = record.heldSince { json.nanoseconds("held_since_ns", since) }
      json.array("used") { json in
        for use in record.use {
          json.object { json in
            json.number("days", use.days)
            json.number("bytes", use.bytes)
          }
        }
      }
    }
    json.end()
    return json.bytes
  }

  /// Reads a line without its newline; nil when it is none of these.
  init?(_ line: [UInt8]) {
    guard let saved = try? JSONDecoder().decode(Saved.self, from: Data(line)), saved.schema == Self.schema else {
      return nil
    }
    let use = saved.used.map { HistoryRecord.Use(days: $0.days, bytes: $0.bytes) }
    // An escaped root has printable characters only, and so has the name of a machine.
    let texts = [saved.root, saved.host ?? ""]
    guard texts.allSatisfy({ $0.utf8.allSatisfy { (0x20...0x7e).contains($0) } }), saved.objects >= 0, saved.errors >= 0
    else { return nil }
    guard use.allSatisfy({ $0.days > 0 }), zip(use, use.dropFirst()).allSatisfy({ $0.days < $1.days }) else {
      return nil
    }
    record = HistoryRecord(
      root: Array(saved.root.utf8), time: saved.time, objects: saved.objects, diskBytes: saved.diskBytes,
      space: saved.space?.room, files: saved.files?.room, hasAccessTimes: saved.accessTimes, culled: saved.culled,
      refused: saved.refused, heldSince: saved.heldSince, use: use, errors: saved.errors)
    record.host = Array((saved.host ?? "").utf8)
  }

  /// The line as it is decoded; the root is escaped.
  private struct Saved: Decodable {
    var schema: String
    var host: String?
    var root: String
    var time: Timestamp
    var objects: Int
    var diskBytes: UInt64
    var errors: Int
    var space: SavedRoom?
    var files: SavedRoom?
    var accessTimes: Bool
    var culled: Int?
    var refused: Int?
    var heldSince: Timestamp?
    var used: [SavedUse]

    enum CodingKeys: String, CodingKey {
      case schema, host, root, objects, errors, files, culled, used
      case time = "time_ns"
      case diskBytes = "disk_bytes"
      case space = "space_bytes"
      case accessTimes = "access_times"
      case refused = "refused_for_space"
      case heldSince = "held_since_ns"
    }
  }

  private struct SavedRoom: Decodable {
    var total: UInt64
    var available: UInt64
    var run: UInt64
    var cull: UInt64
    var room: HistoryRecord.Room { HistoryRecord.Room(total: total, available: available, run: run, cull: cull) }
  }

  private struct SavedUse: Decodable {
    var days: Int
    var bytes: UInt64
  }
}
