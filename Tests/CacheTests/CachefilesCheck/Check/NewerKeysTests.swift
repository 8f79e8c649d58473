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
@testable import CachefilesUpkeep

/// The key of a volume that no known kernel makes may be one of a newer kernel, whose records nobody here knows.
@Suite("Volumes whose keys are not known")
struct NewerKeysTests {
  let scratch = ScratchDirectory()

  /// Keys that begin like those of each netfs and have another form.
  static let keys = ["nfs,3.1,2,,6401a8c0,1", "cifs,newform", "ceph,xx,y,z", "afs,x", "9p,one", "erofs,"]

  @Test("neither the lengths of records nor those of keys are held against what is in them", arguments: keys)
  func lengths(key: String) throws {
    guard case .malformed = NetfsVolume(volumeKey: Array(key.utf8).span, byteOrder: .host) else {
      Issue.record("\(key) has the form of its netfs")
      return
    }
    try scratch.makeCache(volume: key, objects: 4)
    try scratch.tidyModes("cache-root")
    setAttribute(scratch.path + "/cache-root/cache/I" + key, VolumeRecord(coherency: [1, 2, 3]).bytes)
    let before = try scratch.snapshot()
    let result = try scratch.check("cache-root", .all) { $0.kernel = KernelRelease(6, 12) }
    #expect(result.counts[.v10] == 1)
    #expect(result.problems.isEmpty, "\(result.essence)")
    #expect(try scratch.snapshot() == before)
  }

  @Test("lengths of records are compared with each other", arguments: keys)
  func comparison(key: String) throws {
    try scratch.makeCache(volume: key, objects: 4)
    try scratch.tidyModes("cache-root")
    let entry = NaiveWalk.entries(scratch.path + "/cache-root/cache").first(where: \.isRegular)
    setAttribute(
      scratch.path + "/cache-root/cache/" + String(decoding: try #require(entry).path, as: UTF8.self),
      ObjectRecord(objectSize: 4000, coherency: [1, 2, 3, 4, 5]).bytes)
    #expect(try scratch.check().counts[.o27] == 1)
  }

  @Test("one without its attribute gets no header of the netfs that its key begins like", arguments: keys)
  func withoutAttribute(key: String) throws {
    try scratch.makeCache(volume: key, objects: 4)
    try scratch.tidyModes("cache-root")
    #expect(removexattr(scratch.path + "/cache-root/cache/I" + key, "user.CacheFiles.cache") == 0)
    let result = try scratch.check("cache-root", .all, journal: "journal")
    #expect(result.counts[.v04] == 1)
    #expect(getxattr(scratch.path + "/cache-root/cache/I" + key, "user.CacheFiles.cache", nil, 0) == -1)
    #expect(result.findings.filter { $0.id == .v04 }.allSatisfy { $0.repair == .bury })
  }

  @Test("a copy takes them", arguments: keys)
  func copied(key: String) throws {
    try scratch.makeCache(volume: key, objects: 4)
    let result = try scratch.copy()
    #expect(result.report.copiedObjects == 4)
    #expect(result.failures.isEmpty)
  }
}
