// SPDX-License-Identifier: Apache-2.0
import CAttr
import CachefilesFormat
import Foundation
import LinuxIO
import TestSupport
import Testing

@testable import CachefilesCheck
@testable import CachefilesStore

/// Times that no clock shows, but that a file system can keep.
@Suite("Times centuries apart")
struct FarTimesTests {
  /// A volume with a record that a kernel accepts.
  private static func sound() -> VolumeTally {
    var tally = VolumeTally()
    tally.value = VolumeRecord().bytes
    tally.attribute = .value(count: tally.value.count)
    return tally
  }

  private static let context = CheckContext(kernel: KernelRelease(6, 12), now: 1_795_000_000_000_000_000)

  @Test("access times at both ends of what can be kept, in two volumes of one export, are judged")
  func superseded() throws {
    let keys = ["100000,100000", "80000,80000"].map {
      Array("nfs,3.0,2,,6401a8c0,1,,,3002c0,\($0),2ee,3a98,1d4c,3a98,1".utf8)
    }
    var (old, new) = (VolumeTally(), Self.sound())
    old.newestAccess = .distantPast
    new.newestAccess = .distantFuture
    for _ in 1...2 { new.uses.add(.max) }
    let found = VolumeJudge.superseded(
      [
        (ScannedVolume(index: 0, key: keys[0]), old), (ScannedVolume(index: 1, key: keys[1]), new),
      ], Self.context)
    #expect(found.map(\.0) == [0])
    #expect(found.first?.1.id == .v11)
  }

  @Test("volumes of one export under several ports of this machine belong together, those of a server do not")
  func tunnels() {
    func messages(_ address: String, fsid: String) -> [String] {
      let keys = ["4e52", "4e99"].map {
        Array("nfs,4.1,2,\($0),\(address),\(fsid),,,3002c0,100000,100000,2ee,3a98,1d4c,3a98,1".utf8)
      }
      var (old, new) = (VolumeTally(), Self.sound())
      let late = Timestamp(seconds: 86_400 * 40)
      (old.newestAccess, new.newestAccess) = (0, late)
      for _ in 1...2 { new.uses.add(late.clampedNanoseconds) }
      return VolumeJudge.superseded(
        [
          (ScannedVolume(index: 0, key: keys[0]), old), (ScannedVolume(index: 1, key: keys[1]), new),
        ], Self.context
      ).map(\.1.message)
    }
    #expect(
      messages("100007f", fsid: "1b")
        == ["a volume of the same export over another port of a tunnel on this machine was used 40 days later"])
    #expect(messages("6401a8c0", fsid: "1b").isEmpty)
    // The root of every NFSv4 server.
    #expect(messages("100007f", fsid: "").isEmpty)
  }

  @Test(
    "no volume is left behind by one object, by what no kernel finds or uses, by clocks that contradict each other, or where no times are kept"
  )
  func weakEvidence() {
    let keys = ["100000,100000", "80000,80000"].map {
      Array("nfs,3.0,2,,6401a8c0,1,,,3002c0,\($0),2ee,3a98,1d4c,3a98,1".utf8)
    }
    func judge(
      _ uses: [(age: Int64, isUsable: Bool)], value: [UInt8] = VolumeRecord().bytes, hasAccessTimes: Bool = true
    ) -> [Int] {
      var context = Self.context
      context.hasAccessTimes = hasAccessTimes
      var (old, new) = (VolumeTally(), VolumeTally())
      new.value = value
      new.attribute = value.isEmpty ? .absent : .value(count: value.count)
      func status(_ age: Int64) -> FileStatus {
        var status = FileStatus()
        status.access = context.now - .seconds(age * 86_400)
        return status
      }
      let latest = context.latestCredibleUse
      old.add(status(61), latestCredible: latest)
      for use in uses { new.add(status(use.age), latestCredible: latest, isUsable: use.isUsable) }
      return VolumeJudge.superseded(
        [(ScannedVolume(index: 0, key: keys[0]), old), (ScannedVolume(index: 1, key: keys[1]), new)], context
      ).map(\.0)
    }
    #expect(judge([(1, true), (2, true)]) == [0])
    #expect(judge([(1, true)]) == [])
    #expect(judge([(1, true), (60, true)]) == [])
    #expect(judge([(1, true), (1, false), (1, false)]) == [])
    #expect(judge([(1, true), (2, true), (-60, true)]) == [])
    #expect(judge([(1, true), (2, true), (-60, false)]) == [])
    // A volume that a kernel puts away: without a record, and with one that it does not accept.
    for value: [UInt8] in [[], [0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0, 0]] {
      #expect(judge([(1, true), (2, true)], value: value) == [])
    }
    #expect(judge([(1, true), (2, true)], hasAccessTimes: false) == [])
  }

  @Test("a volume whose objects were changed centuries apart does not look restored")
  func restored() {
    var tally = VolumeTally()
    for number in 0..<10 {
      var status = FileStatus()
      (status.size, status.blocks, status.owner) = (8192, .max, 1)
      status.change = number == 0 ? .distantPast : .distantFuture
      tally.add(status)
    }
    #expect(!tally.looksRestored)
    var sum = tally
    sum.diskBytes = .max
    var other = VolumeTally()
    other.diskBytes = .max
    sum.merge(other)
    #expect(sum.objects == 10)
  }

  @Test("a last use at the end of time is ahead of any clock")
  func ahead() {
    var status = FileStatus()
    (status.mode, status.links, status.access) = (0o100600, 1, .distantFuture)
    var judge = ObjectJudge(CheckContext(kernel: KernelRelease(6, 12), now: -1_000_000_000_000_000_000))
    var found: [Judgement] = []
    let (name, value) = (Array("Dabcd".utf8), [UInt8]())
    let volume = ScannedVolume(index: 0, key: Array("gfs,sample".utf8))
    var key: [UInt8] = []
    _ = try? ObjectName.decode(name.span, into: &key)
    let cookie = key
    let fanout = KeyHash(cookieKey: cookie.span, in: volume.hash).fanout
    judge.judge(
      ObjectJudge.Facts(name: name.span, status: status, attribute: nil, value: value.span), in: volume.traits,
      fanout: fanout.number, into: &found)
    #expect(found.map(\.id) == [.o24])
  }

  @Test("a difference and a product are held at the limits")
  func clamped() {
    #expect(Int64.max.subtractingClamped(-1) == .max)
    #expect(Int64.min.subtractingClamped(1) == .min)
    #expect(Int64(5).subtractingClamped(7) == -2)
    #expect(UInt64.max.multipliedClamped(by: 2) == .max)
    #expect(UInt64(3).multipliedClamped(by: 4) == 12)
  }

  @Test("a check of a real cache with times of 1901 and 2264 ends, with the objects judged")
  func onDisk() throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged([.v11])
    var seconds: [time_t] = [-2_147_483_648, 9_300_000_000]
    for entry in NaiveWalk.entries("\(scratch.path)/cache-root/cache") where entry.isRegular && !seconds.isEmpty {
      let path = "\(scratch.path)/cache-root/cache/\(String(decoding: entry.path, as: UTF8.self))"
      guard path.contains("/Infs") else { continue }
      let times = [timespec(tv_sec: seconds.removeFirst(), tv_nsec: 0), timespec(tv_sec: 0, tv_nsec: 0)]
      #expect(utimensat(AT_FDCWD, path, times, 0) == 0)
    }
    #expect(seconds.isEmpty)
    let result = try scratch.check()
    // Where something was used in 2264 no clock can be trusted: no volume is said to be left behind.
    #expect(result.counts[.v11] == nil)
    #expect(result.counts[.o24] == 1)
  }
}
