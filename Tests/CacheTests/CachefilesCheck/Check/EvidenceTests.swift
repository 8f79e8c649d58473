// SPDX-License-Identifier: Apache-2.0
import CAttr
import CachefilesFormat
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesCheck

/// What a check concludes from times and blocks: none of that may be the check's own doing, or something else's.
@Suite("Evidence of use, and of holes")
struct EvidenceTests {
  let scratch = ScratchDirectory()

  private static let volumes = ["80000,80000", "100000,100000"].map {
    "nfs,3.0,2,,6401a8c0,1,,,3002c0,\($0),2ee,3a98,1d4c,3a98,1"
  }

  /// Two volumes of one export; the objects of each were last used so many days ago.
  private func makeVolumes(_ days: [[Int]]) throws {
    for (volume, days) in zip(Self.volumes, days) {
      try scratch.makeCache(volume: volume, objects: days.count)
      for (index, days) in zip(objects(volume).indices, days) {
        setAttribute(
          objects(volume)[index], ObjectRecord(objectSize: 4000, coherency: [UInt8](repeating: 1, count: 40)).bytes)
        try setTimes(of: objects(volume)[index], days: days)
      }
    }
    try scratch.tidyModes("cache-root")
  }

  private func objects(_ volume: String) -> [String] {
    let root = "\(scratch.path)/cache-root/cache/I\(volume)"
    return NaiveWalk.entries(root).filter(\.isRegular).map { "\(root)/" + String(decoding: $0.path, as: UTF8.self) }
  }

  private func setTimes(of path: String, days: Int) throws {
    let now = Int(ScratchDirectory.now.seconds)
    let use = timespec(tv_sec: now - days * 86_400, tv_nsec: 0)
    let change = timespec(tv_sec: now - max(days, 730) * 86_400, tv_nsec: 0)
    #expect(utimensat(AT_FDCWD, path, [use, change], 0) == 0)
  }

  @Test(
    "objects that no kernel uses prove no use of their volume: what is beside it stays, however often it is repaired")
  func refused() throws {
    for damage in [[], [UInt8](repeating: 0, count: 10), [UInt8](repeating: 9, count: 58)] as [[UInt8]] {
      try makeVolumes([[1, 1, 1, 1], [40, 40, 40, 40]])
      #expect(try scratch.check().counts[.v11] == 1)
      for path in objects(Self.volumes[0]) {
        if damage.isEmpty {
          #expect(removexattr(path, "user.CacheFiles.cache") == 0)
        } else {
          setAttribute(path, damage)
        }
        try setTimes(of: path, days: 1)
      }
      for run in 1...3 {
        let result = try scratch.check("cache-root", .all, journal: "journal\(run)")
        #expect(result.counts[.v11] == nil, "run \(run)")
      }
      #expect(objects(Self.volumes[1]).count == 4)
      try FileManager.default.removeItem(atPath: scratch.path + "/cache-root")
      for run in 1...3 { try? FileManager.default.removeItem(atPath: scratch.path + "/journal\(run)") }
    }
  }

  @Test("a last use that lay ahead becomes that of the last change, from which the next check concludes nothing")
  func ahead() throws {
    try makeVolumes([[-400, -400, 730, 730], [40, 40, 40, 40]])
    let first = try scratch.check("cache-root", .all, journal: "first")
    #expect(first.counts[.o24] == 2 && first.counts[.v11] == nil)
    for path in objects(Self.volumes[0]) {
      let status = try FileStatus.of(FilePath(path))
      #expect(status.access.seconds <= status.modification.seconds)
    }
    let second = try scratch.check("cache-root", .all, journal: "second")
    #expect(second.counts[.v11] == nil)
    #expect(objects(Self.volumes[1]).count == 4)
    #expect(try scratch.undo("first").errors == 0)
  }

  @Test(
    "a volume whose last uses were all ahead is not left behind once they are mended: nobody knows when it was used")
  func aheadAltogether() throws {
    // Used by a mount of today, the other one an hour ago; both written three months ago.
    try makeVolumes([[1, 1, 1, 1], [-2, -2, -2, -2]])
    for volume in Self.volumes {
      for path in objects(volume) {
        let status = try FileStatus.of(FilePath(path))
        let change = timespec(tv_sec: Int(ScratchDirectory.now.seconds) - 90 * 86_400, tv_nsec: 5)
        #expect(utimensat(AT_FDCWD, path, [timespec(tv_sec: Int(status.access.seconds), tv_nsec: 7), change], 0) == 0)
      }
    }
    let first = try scratch.check("cache-root", .all, journal: "first")
    #expect(first.counts[.o24] == 4 && first.counts[.v11] == nil)
    for run in 2...3 { #expect(try scratch.check("cache-root", .all, journal: "\(run)").counts[.v11] == nil, "\(run)") }
    #expect(objects(Self.volumes[1]).count == 4)
    // Neither do such times prove that the other one was left behind.
    for path in objects(Self.volumes[0]) { try setTimes(of: path, days: 400) }
    #expect(try scratch.check("cache-root", .none).counts[.v11] == nil)
  }

  @Test("objects that have as many blocks as they are long, and a hole, come from no archive", .enabled(if: isRoot))
  func blocksOfAttributes() throws {
    try scratch.makeCache(objects: 9)
    try scratch.tidyModes("cache-root")
    let paths = objects("9p,p9src,hosttag")
    func make(hasHole: Bool) throws {
      for path in paths {
        let descriptor = open(path, O_RDWR | O_TRUNC)
        defer { close(descriptor) }
        let bytes = [UInt8](repeating: 7, count: 4096)
        #expect(pwrite(descriptor, bytes, 4096, 0) == 4096)
        #expect(hasHole ? ftruncate(descriptor, 8192) == 0 : pwrite(descriptor, bytes, 4096, 4096) == 4096)
        // Blocks behind the end, as an attribute in a block of its own takes one.
        _ = try Command.run("/usr/bin/fallocate", ["-n", "-o", "8192", "-l", "4096", path])
        fchmod(descriptor, 0o640)
        setAttribute(path, ObjectRecord(objectSize: 8000, coherency: [1, 2, 3, 4]).bytes)
      }
    }
    try make(hasHole: false)
    #expect(try scratch.check().counts[.o25] == 1)
    try make(hasHole: true)
    #expect(try FileStatus.of(FilePath(paths[0])).allocatedBytes >= 8192)
    #expect(try scratch.check().counts[.o25] == nil)
    // One of them is enough.
    try make(hasHole: false)
    _ = try Command.run("/usr/bin/fallocate", ["-p", "-o", "4096", "-l", "4096", paths[4]])
    #expect(try scratch.check().counts[.o25] == nil)
  }
}
