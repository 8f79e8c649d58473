// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// One entry looked at with every system call failing in turn: what could not be seen is said to be unknown.
@Suite("Inspections with failing system calls")
struct InspectionFaultTests {
  let scratch: ScratchDirectory

  init() throws {
    scratch = ScratchDirectory()
    try scratch.makeCache(objects: 1)
    try scratch.write("cache-root/graveyard/6b00e87700000001/file", [1])
  }

  /// The path of the only object.
  private func object() throws -> FilePath {
    let entry = try #require(
      NaiveWalk.entries("\(scratch.path)/cache-root/cache").first { $0.isRegular })
    return scratch.path("cache-root/cache/" + String(decoding: entry.path, as: UTF8.self))
  }

  /// The reasons that an inspection gives for what it does not know.
  private func reasons(_ inspection: Inspection) -> [Errno] {
    [inspection.attributeError, inspection.extentsError, inspection.entriesError, inspection.volumeError?.error]
      .compactMap { $0 }
  }

  @Test("What is there is seen whole")
  func whole() throws {
    let seen = try Inspection(path: object())
    #expect(reasons(seen).isEmpty)
    #expect(seen.hasVolume)
    #expect(seen.volumeAttribute == VolumeRecord(coherency: []).bytes)
    #expect(seen.extents == [DataExtent(offset: 0, length: 4096)])
    let volume = try Inspection(path: scratch.path("cache-root/cache/I9p,p9src,hosttag"))
    #expect(volume.entries == 1)
    #expect(volume.attribute == VolumeRecord(coherency: []).bytes)
  }

  @Test("Each failing call is a reason, and nothing is guessed in its place")
  func eachCallFails() throws {
    let calls: [Syscall] = [.open, .openat, .statx, .getdents64, .getxattr, .lseek]
    let paths = try [
      object(), scratch.path("cache-root/cache/I9p,p9src,hosttag"), scratch.path("cache-root/graveyard/."),
    ]
    for path in paths {
      for call in calls {
        let count = try FaultPlan.count(call) { _ = try Inspection(path: path) }
        for ordinal in 1...max(1, count) {
          let plan = FaultPlan(failing: call, ordinal: ordinal, with: .ioError)
          do throws(StoreError) {
            let seen = try plan.run { Result { () throws(StoreError) in try Inspection(path: path) } }.get()
            judge(seen, plan, "\(path) \(call) \(ordinal)")
          } catch {
            #expect(error.error == .ioError)
            #expect(plan.failed == 1)
          }
        }
      }
    }
    #expect(scratch.openDescriptors.isEmpty)
  }

  private func judge(_ seen: Inspection, _ plan: FaultPlan, _ comment: Comment) {
    #expect(Set(reasons(seen)) == (plan.failed == 0 ? [] : [.ioError]), comment)
    if seen.attributeError != nil { #expect(seen.attribute == nil, comment) }
    if seen.extentsError != nil { #expect(seen.extents == nil, comment) }
    if seen.entriesError != nil { #expect(seen.entries == nil, comment) }
    if seen.volumeError != nil { #expect(!seen.hasVolume && seen.volumeAttribute == nil, comment) }
  }

  @Test("The failure of the volume above an object names the volume")
  func volumeIsNamed() throws {
    let path = try object()
    // The object's own attribute is the first that is read.
    let seen = try FaultPlan(failing: .getxattr, ordinal: 2, with: .ioError).run { try Inspection(path: path) }
    #expect(seen.volumeError?.path == scratch.path("cache-root/cache/I9p,p9src,hosttag").bytes)
    #expect(seen.attribute != nil)
  }
}
