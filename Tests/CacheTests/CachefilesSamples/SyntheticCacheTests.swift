// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesSamples
import CachefilesStore
import CachefilesSurvey
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// Synthetic caches: what they hold must be what a kernel could have made, and must be counted right.
@Suite("Synthetic caches")
struct SyntheticCacheTests {
  let scratch = ScratchDirectory()
  static let now: Timestamp = 1_795_000_000_000_000_000
  static let count = 2000

  private func make(_ name: String, seed: UInt64, objects: Int = count) throws -> [WalkedEntry] {
    try SyntheticCache(objects: objects, seed: seed, now: Self.now).write(to: scratch.path(name))
    return NaiveWalk.entries("\(scratch.path)/\(name)")
  }

  /// What must be the same for the same seed: everything but inodes and change times.
  private func fingerprint(_ name: String, _ entries: [WalkedEntry]) -> [String] {
    entries.filter(\.isRegular).map { entry in
      let path = Array("\(scratch.path)/\(name)/".utf8) + entry.path
      let file = String(decoding: path, as: UTF8.self)
      let value = Hex.string(NaiveWalk.attribute(path) ?? [])
      return "\(EscapedBytes.string(entry.path)) \(entry.mode) \(entry.size) \(entry.accessTime) "
        + "\(entry.modificationTime) \(value) \(NaiveWalk.extents(file))"
    }
  }

  @Test("Every name decodes, is canonical and stands in its place", arguments: [1, 20261121] as [UInt64])
  func names(seed: UInt64) throws {
    let objects = try make("cache-root", seed: seed).filter(\.isRegular)
    #expect(objects.count == Self.count)
    var schemes: Set<NameScheme> = []
    for object in objects {
      let comment = Comment(rawValue: EscapedBytes.string(object.path))
      let place = try #require(try ObjectPlace(object.components), comment)
      let type = place.type
      schemes.insert(place.decoded.scheme)
      #expect(place.decoded.isCanonical, comment)
      #expect(place.belongs.directoryName == place.fanout, comment)
      #expect(type != .unknown, comment)
      let value = NaiveWalk.attribute(Array("\(scratch.path)/cache-root/".utf8) + object.path)
      #expect(ObjectRecord.rejection(of: value, coherencyLength: type.objectCoherencyLength) == nil, comment)
      let record = try ObjectRecord(#require(value, comment))
      #expect(UInt64(object.size) == ObjectRecord.fileSize(forObjectSize: record.objectSize), comment)
      #expect(object.accessTime <= Self.now.clampedNanoseconds, comment)
    }
    #expect(schemes.count == 4)
  }

  @Test("Totals are those of a naive walk and of du", arguments: [1, 8])
  func totals(threads: Int) throws {
    let entries = try make("cache-root", seed: 7)
    let objects = entries.filter(\.isRegular)
    let result = try scratch.scan(threads: threads, attributes: true, extents: true)
    let totals = result.statistics.totals
    #expect(result.failures.isEmpty)
    #expect(totals.objects == objects.count)
    #expect(totals.diskBytes == entries.reduce(0) { $0 + $1.allocated })
    #expect(try totals.diskBytes == NaiveWalk.diskUsage("\(scratch.path)/cache-root"))
    #expect(totals.fileBytes == objects.reduce(0) { $0 + UInt64($1.size) })
    let runs = objects.map {
      NaiveWalk.extents("\(scratch.path)/cache-root/" + String(decoding: $0.path, as: UTF8.self))
    }
    #expect(totals.extents == runs.reduce(0) { $0 + $1.count })
    #expect(totals.dataBytes == runs.reduce(0) { $0 + $1.reduce(0) { $0 + UInt64($1[1]) } })
    let sizes = objects.map { object in
      let value = NaiveWalk.attribute(Array("\(scratch.path)/cache-root/".utf8) + object.path) ?? []
      return value.prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    }
    #expect(totals.objectBytes == sizes.reduce(0, +))
    #expect(result.statistics.fanouts == entries.filter { $0.isDirectory && $0.components.count == 3 }.count)
    for (key, tally) in result.byVolume {
      let name = [UInt8(ascii: "I")] + key
      let below = entries.filter { $0.components.count > 1 && $0.components[1] == name }
      #expect(tally.objects == below.filter(\.isRegular).count)
      #expect(tally.diskBytes == below.reduce(0) { $0 + $1.allocated })
      #expect(tally.newestAccess?.clampedNanoseconds == below.filter(\.isRegular).map(\.accessTime).max())
      #expect(tally.oldestAccess?.clampedNanoseconds == below.filter(\.isRegular).map(\.accessTime).min())
    }
  }

  @Test("The same seed gives the same cache, another seed another")
  func reproducible() throws {
    let first = fingerprint("first", try make("first", seed: 42, objects: 600))
    let second = fingerprint("second", try make("second", seed: 42, objects: 600))
    let other = fingerprint("other", try make("other", seed: 43, objects: 600))
    #expect(first == second)
    #expect(Set(first).intersection(other).isEmpty)
  }

  @Test("Any number of objects, down to none, is exactly that many", arguments: [0, 1, 2, 9, 33, 1001])
  func counts(objects: Int) throws {
    #expect(try make("cache-root", seed: 3, objects: objects).filter(\.isRegular).count == objects)
    let result = try scratch.scan()
    #expect(result.statistics.totals.objects == objects)
    #expect(result.summary.volumes.count == 10)
  }
}
