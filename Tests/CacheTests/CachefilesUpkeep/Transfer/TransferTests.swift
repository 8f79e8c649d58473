// SPDX-License-Identifier: Apache-2.0
import CAttr
import CachefilesFormat
import CachefilesSamples
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesStore
@testable import CachefilesUpkeep

/// What goes through a stream is the same in everything that a kernel looks at.
@Suite("Streams of send and receive")
struct TransferTests {
  let scratch = ScratchDirectory()

  private func lines(_ name: String, _ filter: (String) -> Bool = { _ in true }) -> [String] {
    scratch.portrait(name).filter(filter)
  }

  @Test(
    "every captured cache: runs of data, bytes, records, modes, owners and times are the same",
    .enabled(if: isRoot, "needs root: some may be read by nobody else"),
    arguments: ["6.1", "6.1-afs", "6.12", "6.12-ganesha"])
  func captures(name: String) throws {
    try scratch.write(capture: name)
    let before = scratch.portrait("cache-root")
    let sent = try scratch.send()
    let count = scratch.objects().count
    #expect(sent.failures.isEmpty && sent.skips.isEmpty)
    #expect(sent.report.sentObjects == count && sent.report.isComplete)
    let result = try scratch.receive()
    #expect(result.failures.isEmpty && result.skips.isEmpty)
    #expect(result.report.receivedObjects == count && result.report.isComplete)
    #expect(result.report.receivedBytes == sent.report.sentBytes)
    #expect(scratch.portrait("copy") == before)
    #expect(scratch.portrait("cache-root") == before, "the source is not touched")
    #expect(scratch.parts() == ["cache", "graveyard"])
    let again = try scratch.receive()
    #expect(again.report.receivedObjects == 0 && again.report.skipped == [.present: count] && again.report.isComplete)
  }

  @Test("synthetic caches with holes, by one thread and by many", arguments: [1, 2, 3, 4])
  func synthetic(seed: UInt64) throws {
    try SyntheticCache(objects: 200, seed: seed, maximumData: 256 << 10, now: ScratchDirectory.now)
      .write(to: scratch.path("cache-root"))
    try scratch.send { $0.threads = seed == 1 ? 1 : 8 }
    let result = try scratch.receive { $0.threads = seed == 2 ? 1 : 8 }
    #expect(result.report.receivedObjects == 200 && result.report.isComplete)
    #expect(scratch.portrait("copy") == scratch.portrait("cache-root"))
  }

  @Test("all hole, all data, holes at either end, many runs, and objects that are too large for memory")
  func layouts() throws {
    try scratch.makeCache(objects: 6)
    let objects = scratch.objects()
    ObjectFile.rewrite(objects[0], size: 1 << 30, runs: [])
    ObjectFile.rewrite(objects[1], size: 65536, runs: [[0, 65536]])
    ObjectFile.rewrite(objects[2], size: 65536, runs: [[0, 4096]])
    ObjectFile.rewrite(objects[3], size: 65536, runs: [[61440, 4096]])
    ObjectFile.rewrite(objects[4], size: 40 << 20, runs: (0..<1500).map { [Int64($0) * 24576, 4096] })
    ObjectFile.rewrite(objects[5], size: 3 << 30, runs: [[4096, 5 << 20], [2 << 30, 1 << 20]])
    try scratch.send()
    let result = try scratch.receive()
    #expect(result.report.receivedObjects == 6 && result.report.isComplete, "\(result.failures)")
    #expect(scratch.portrait("copy") == scratch.portrait("cache-root"))
  }

  @Test("times of access before, at and after the first of 1970, of objects and directories")
  func timesOfAccess() throws {
    try scratch.makeCache(objects: 5)
    let objects = scratch.objects()
    let seconds = [0, -1, 1, -(1 << 31), 0]
    for (index, path) in (objects + ["\(scratch.path)/cache-root/cache/I9p,p9src,hosttag"]).enumerated() {
      let access = timespec(tv_sec: seconds[index % 5], tv_nsec: index == 4 ? 1 : 0)
      #expect(utimensat(AT_FDCWD, path, [access, timespec(tv_sec: 1_790_000_000, tv_nsec: 5)], 0) == 0)
    }
    try scratch.send()
    let result = try scratch.receive()
    #expect(result.report.receivedObjects == 5 && result.report.isComplete, "\(result.failures)")
    #expect(scratch.portrait("copy") == scratch.portrait("cache-root"))
  }

  @Test("volume keys and names with any byte")
  func anyBytes() throws {
    try scratch.makeCache(objects: 1)
    let key = Array("9p,a\"b\\\u{1},".utf8) + [0xff, 0xfe]
    let source = Array("\(scratch.path)/cache-root/cache/I".utf8) + key
    try scratch.makeCache(volume: "9p,plain,", objects: 2)
    let plain = "\(scratch.path)/cache-root/cache/I9p,plain,"
    #expect(
      source.withUnsafeBytes { buffer in
        var path = Array(buffer.map { CChar(bitPattern: $0) })
        path.append(0)
        return rename(plain, path)
      } == 0)
    // Its objects stand in the places of another volume now: only the directories pass.
    let sent = try scratch.send()
    #expect(sent.report.skipped[.unsound] ?? 0 > 0)
    let result = try scratch.receive()
    #expect(result.report.isComplete, "\(result.failures)")
    #expect(lines("copy") { $0.contains("\\xff\\xfe") }.count > 0)
  }

  @Test("only chosen volumes, and only listed objects")
  func choices() throws {
    try scratch.makeCache(objects: 5)
    try scratch.makeCache(volume: "9p,other,", objects: 5)
    let chosen = scratch.objects().filter { $0.contains("I9p,other,") }.prefix(2).map { path in
      Pin.Object(path: Array(path.dropFirst("\(scratch.path)/cache-root/".count).utf8))
    }
    let list = PinList(root: [], pins: [Pin(.manifest, path: [], objects: Array(chosen))])
    let sent = try scratch.send { $0.objects = PinnedObjects(list) }
    #expect(sent.report.sentObjects == 2)
    #expect(try scratch.receive().report.receivedObjects == 2)
    #expect(scratch.objects("copy").count == 2)
    try scratch.send()
    let result = try scratch.receive(into: "one") { $0.volumes = { $0 == Array("9p,p9src,hosttag".utf8) } }
    #expect(result.report.receivedObjects == 5 && result.report.skipped == [.volume: 5] && result.report.isComplete)
    let none = try scratch.receive(into: "none") { $0.volumes = { _ in false } }
    #expect(none.report.chosenVolumes == 0 && none.report.receivedObjects == 0)
    #expect(!scratch.names.contains("none"), "what was made for it is gone")
  }

  @Test("what is there stays: the same objects silently, different ones with a line, half ones give way")
  func existing() throws {
    try scratch.makeCache(objects: 3)
    try scratch.send()
    _ = try scratch.receive()
    let (there, source) = (scratch.objects("copy"), scratch.objects())
    ObjectFile.overwrite(there[0], at: 0, [1], keepingTime: false)
    // A copy whose data did not reach the disk.
    ObjectFile.rewrite(there[1], size: 4096, runs: [], keepingTime: true)
    let before = try Data(contentsOf: URL(fileURLWithPath: there[0]))
    let result = try scratch.receive()
    #expect(result.report.receivedObjects == 1)
    #expect(result.report.skipped == [.different: 1, .present: 1])
    #expect(try Data(contentsOf: URL(fileURLWithPath: there[0])) == before)
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: there[1])) == Data(contentsOf: URL(fileURLWithPath: source[1])))
  }

  @Test("a volume with another record stays as it is, and nothing goes into it")
  func otherVolume() throws {
    try scratch.makeCache(objects: 2)
    try scratch.send()
    try scratch.makeDirectory("copy/graveyard")
    try scratch.makeDirectory("copy/cache/I9p,p9src,hosttag")
    let result = try scratch.receive()
    #expect(result.report.errors == 1 && result.report.receivedObjects == 0 && !result.report.isComplete)
    #expect(scratch.objects("copy").isEmpty)
  }

  @Test("dirty objects go only when they are asked for, on both sides")
  func dirty() throws {
    try scratch.makeCache(objects: 2)
    setAttribute(
      scratch.objects()[0], ObjectRecord(objectSize: 4000, content: .dirty, coherency: [1, 2, 3, 4]).bytes)
    #expect(try scratch.send().report.skipped == [.dirty: 1])
    try scratch.send { $0.includesDirty = true }
    #expect(try scratch.receive().report.skipped == [.dirty: 1])
    #expect(try scratch.receive { $0.includesDirty = true }.report.receivedObjects == 1)
  }

  @Test("a stream that is cut anywhere leaves whole objects, and the next one brings the rest")
  func cuts() throws {
    try scratch.makeCache(objects: 3)
    ObjectFile.rewrite(scratch.objects()[0], size: 40960, runs: [[4096, 8192], [20480, 4096]])
    try scratch.send { $0.threads = 1 }
    let whole = try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/stream"))
    let source = scratch.portrait("cache-root").filter { $0.contains("/T") }
    var random = SplitMix64(seed: 19)
    let places =
      Array(stride(from: 0, to: whole.count, by: 512)) + (0..<60).map { _ in Int(random.next() % UInt64(whole.count)) }
    for (number, place) in places.enumerated() {
      let name = "cut\(number)"
      try whole.prefix(place).write(to: URL(fileURLWithPath: "\(scratch.path)/cut"))
      do {
        let result = try scratch.receive("cut", into: name)
        // Only the blocks that end an archive may be missing.
        #expect(!result.report.isWhole || place >= whole.count - 1536, "\(place)")
        #expect(Set(lines(name) { $0.contains("/T") }).isSubset(of: source), "\(place)")
        #expect(result.report.receivedObjects == scratch.objects(name).count)
        #expect(scratch.parts(name) == ["cache", "graveyard"], "\(place)")
        let rest = try scratch.receive(into: name)
        #expect(rest.report.isComplete)
        // The directories that the first part made have the times of the source, too.
        #expect(scratch.portrait(name) == scratch.portrait("cache-root"), "\(place)")
      } catch let refusal as CopyRefusal {
        // Before its first entry was read: nothing is left.
        #expect(scratch.parts(name).isEmpty, "\(place): \(refusal)")
      }
    }
  }

  @Test("any call that fails leaves whole objects, and is told")
  func faults() throws {
    try scratch.makeCache(objects: 2)
    try scratch.send { $0.threads = 1 }
    let source = scratch.portrait("cache-root").filter { $0.contains("/T") }
    for ordinal in 1...400 {
      let name = "fault\(ordinal)"
      let plan = FaultPlan(failing: nil, ordinal: ordinal, with: .ioError)
      do {
        let result = try plan.run { try scratch.receive(into: name) { $0.threads = 1 } }
        if plan.failed == 0 {
          #expect(result.report.isComplete)
          break
        }
        #expect(Set(lines(name) { $0.contains("/T") }).isSubset(of: source), "\(ordinal)")
      } catch is CopyRefusal {
        #expect(lines(name) { $0.contains("/T") }.isEmpty, "\(ordinal)")
      }
      #expect(try scratch.receive(into: name).report.errors == 0, "\(ordinal)")
      #expect(lines(name) { $0.contains("/T") } == source, "\(ordinal)")
      try FileManager.default.removeItem(atPath: "\(scratch.path)/\(name)")
    }
  }

  @Test("an object that changes while it is read: a small one is left out, in a large one the stream ends")
  func changes() throws {
    try scratch.makeCache(objects: 2)
    let objects = scratch.objects()
    let touch: @Sendable ([UInt8]) -> Void = { path in
      let file = String(decoding: path, as: UTF8.self)
      if file == objects[0] { chmod(file, 0o600 + mode_t.random(in: 0...7)) }
      ObjectFile.overwrite(objects[0], at: 0, [UInt8.random(in: 0...255)], keepingTime: false)
    }
    let small = try scratch.send {
      $0.threads = 1
      $0.beforeRecheck = touch
    }
    #expect(small.report.skipped == [.changed: 1] && small.report.sentObjects == 1 && !small.report.isComplete)
    ObjectFile.rewrite(objects[0], size: 8 << 20, runs: [[0, 6 << 20]])
    let large = try scratch.send {
      $0.threads = 1
      $0.beforeRecheck = touch
    }
    #expect(large.report.errors == 1 && !large.report.isComplete)
    let result = try scratch.receive()
    #expect(!result.report.isComplete && !result.report.isWhole)
    #expect(!scratch.objects("copy").contains { $0.hasSuffix(String(objects[0].suffix(20))) })
  }
}
