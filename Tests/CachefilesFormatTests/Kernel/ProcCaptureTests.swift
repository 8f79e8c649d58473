// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Testing

/// Tables of `/proc/fs/fscache`, taken while the captures were made.
@Suite("Tables of running kernels")
struct ProcCaptureTests {
  static func rows(_ file: String) throws -> [[UInt8]] { try Fixtures.lines("Tests/Fixtures/proc/\(file)") }

  static func volumes(_ capture: String) throws -> [UInt32: VolumeLine] {
    var volumes: [UInt32: VolumeLine] = [:]
    for row in try rows("\(capture).volumes").dropFirst(2) {
      let line = try VolumeLine(parsing: row.span)
      volumes[line.volume] = line
    }
    return volumes
  }

  @Test("the two headings of each table are told from rows", arguments: modernCaptures)
  func headings(_ capture: String) throws {
    for row in try Self.rows("\(capture).volumes").prefix(2) {
      #expect(throws: VolumeLine.Failure.heading) { try VolumeLine(parsing: row.span) }
    }
    for row in try Self.rows("\(capture).cookies").prefix(2) {
      #expect(throws: CookieLine.Failure.heading) { try CookieLine(parsing: row.span) }
    }
  }

  @Test("every volume has a name, flags and a key of a known netfs", arguments: modernCaptures)
  func volumes(_ capture: String) throws {
    let volumes = try Self.volumes(capture)
    #expect(!volumes.isEmpty)
    for volume in volumes.values {
      #expect(EscapedBytes.string(volume.cacheName).hasPrefix("lab"))
      #expect(volume.flags == 0)
      #expect(volume.setFlags.isEmpty)
      let parsed = NetfsVolume(volumeKey: volume.key.span, byteOrder: .little)
      if case .malformed(_, let reason) = parsed { Issue.record("\(reason)") }
      #expect(parsed != .unknown)
    }
  }

  @Test("every cookie has a volume, and with it a path that decodes to its key", arguments: modernCaptures)
  func cookies(_ capture: String) throws {
    let volumes = try Self.volumes(capture)
    let rows = try Self.rows("\(capture).cookies").dropFirst(2)
    #expect(rows.count > 40)
    for row in rows {
      let cookie = try CookieLine(parsing: row.span)
      let volume = try #require(volumes[cookie.volume])
      _ = try path(volume: volume.key, key: cookie.key)
      let result = try decoded(ObjectName.name(of: cookie.key))
      #expect(result.name.isCanonical)
      #expect(result.name.keyLengths.contains(cookie.key.count))
      let type = NetfsType(volumeKey: volume.key.span)
      #expect(cookie.coherency.count == type.objectCoherencyLength)
      let object = NetfsObject(
        cookieKey: result.key.span, keyLengths: lengthRange(result.name), in: type, byteOrder: .little)
      #expect(object.isPossible)
      #expect(object.keyLength == cookie.key.count, "the netfs tells the length that the kernel printed")
      #expect(NetfsCoherency(object: cookie.coherency.span, in: type).problem == nil)
      #expect(cookie.isInUse == (cookie.state != .quiescent))
      #expect(cookie.setFlags.contains("hashed"))
    }
  }

  @Test("every object of the capture stands where its cookie says", arguments: modernCaptures)
  func objects(_ capture: String) throws {
    let volumes = try Self.volumes(capture)
    var records: [String: [UInt8]] = [:]
    for object in try CaptureTests.objects(capture) {
      let place = Array(object.entry.path.utf8.dropFirst("cache/".utf8.count))
      records[EscapedBytes.string(place)] = object.entry.attribute
    }
    var found = 0
    for row in try Self.rows("\(capture).cookies").dropFirst(2) {
      let cookie = try CookieLine(parsing: row.span)
      let place = try path(volume: try #require(volumes[cookie.volume]).key, key: cookie.key)
      guard let value = records[place] else { continue }
      found += 1
      let record = try ObjectRecord(parsing: value.span)
      #expect(record.coherency.count == cookie.coherency.count, "\(place)")
    }
    #expect(found == records.count)
  }
}
