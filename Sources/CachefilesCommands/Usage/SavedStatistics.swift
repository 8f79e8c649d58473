// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import FoundationEssentials
import LinuxIO
import SystemPackage

/// A run that `stats --json` saved, as far as it is compared.
struct SavedStatistics: Decodable {
  var schema: String
  var root: String
  var time: Timestamp
  var totals: Totals
  var volumes: [Volume]
  var encodings: [String: Int]
  var kernel: Kernel?

  enum CodingKeys: String, CodingKey {
    case schema, root, totals, volumes, encodings, kernel
    case time = "time_ns"
  }

  /// The sums.
  struct Totals: Decodable {
    @ClampedNumber var volumes: Int64
    @ClampedNumber var objects: Int64
    @ClampedNumber var legacyObjects: Int64
    @ClampedNumber var diskBytes: Int64
    @ClampedNumber var fileBytes: Int64
    @ClampedNumber var graveyardEntries: Int64
    @ClampedNumber var foreignEntries: Int64
    private var savedObjectBytes: ClampedNumber?
    var objectBytes: Int64? { savedObjectBytes?.wrappedValue }
    var dirtyObjects: Int64?
    private var savedDataBytes: ClampedNumber?
    var dataBytes: Int64? { savedDataBytes?.wrappedValue }

    enum CodingKeys: String, CodingKey {
      case volumes, objects
      case legacyObjects = "legacy_objects"
      case diskBytes = "disk_bytes"
      case fileBytes = "file_bytes"
      case graveyardEntries = "graveyard_entries"
      case foreignEntries = "foreign_entries"
      case savedObjectBytes = "object_bytes"
      case dirtyObjects = "dirty_objects"
      case savedDataBytes = "data_bytes"
    }
  }

  /// One volume; the key and the summary are escaped.
  struct Volume: Decodable {
    var key: String
    var summary: String
    @ClampedNumber var objects: Int64
    @ClampedNumber var diskBytes: Int64

    enum CodingKeys: String, CodingKey {
      case key, summary, objects
      case diskBytes = "disk_bytes"
    }
  }

  /// What the kernel has counted since its start.
  struct Kernel: Decodable {
    var hits: Int64?
    var misses: Int64?
    var culled: Int64?
    var refusedForSpace: Int64?
    var cookiesMade: Int64?

    enum CodingKeys: String, CodingKey {
      case hits, misses, culled
      case refusedForSpace = "refused_for_space"
      case cookiesMade = "cookies_made"
    }
  }

  /// The most bytes that a saved run can have: a few hundred for each volume.
  private static let sizeLimit = 256 << 20

  /// Reads a saved run.
  static func read(_ path: FilePath) throws(Failure) -> SavedStatistics {
    let name = EscapedBytes.string(path.bytes)
    let bytes: [UInt8]
    do throws(Errno) { bytes = try UserFile.read(path, limit: sizeLimit) } catch {
      throw Failure("\(name): cannot read: \(error)")
    }
    let saved: SavedStatistics
    do { saved = try JSONDecoder().decode(SavedStatistics.self, from: Data(bytes)) } catch {
      throw Failure("\(name): not what 'cachefiles stats --json' writes")
    }
    guard saved.schema == "cachefiles.stats/1" else {
      throw Failure("\(name): its schema is \(EscapedBytes.string(Array(saved.schema.utf8))), not cachefiles.stats/1")
    }
    return saved
  }
}
