// SPDX-License-Identifier: Apache-2.0
import CAttr
import CachefilesFormat
import Foundation
import LinuxIO
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesStore
@testable import CachefilesUpkeep

/// A stream may come from anybody: what no sound cache has is refused, and nothing outside the cache is touched.
@Suite("Hostile streams")
struct HostileStreamTests {
  let scratch = ScratchDirectory()
  private let key = Array("9p,p9src,hosttag".utf8)

  private var volume: PaxEntry {
    entry("cache/I9p,p9src,hosttag", .directory, record: VolumeRecord(coherency: []).bytes)
  }
  private var record: [UInt8] { ObjectRecord(objectSize: 4000, coherency: [1, 2, 3, 4]).bytes }
  /// The object of key 1, and the directory that it belongs in.
  private var place: (fanout: String, name: String) {
    let cookie: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0]
    let name = (try? ObjectName.name(of: cookie)) ?? []
    let fanout = KeyHash(cookieKey: cookie.span, in: KeyHash(volumeKey: key.span)).fanout
    return (fanout.description, String(decoding: name, as: UTF8.self))
  }
  private var fanout: PaxEntry { entry("cache/I9p,p9src,hosttag/\(place.fanout)", .directory, record: nil) }
  private var objectPath: String { "cache/I9p,p9src,hosttag/\(place.fanout)/\(place.name)" }

  private func entry(_ path: String, _ kind: FileStatus.Kind, record: [UInt8]?) -> PaxEntry {
    var entry = PaxEntry(path: Array(path.utf8), kind: kind)
    entry.permissions = 0o700
    (entry.owner, entry.group) = (getuid(), getgid())
    entry.modification = Timestamp(seconds: 1_700_000_000)
    if kind == .regular {
      entry.size = 4096
      entry.extents = [DataExtent(offset: 0, length: 4096)]
    }
    if let record { entry.attributes = [.init(name: Array("user.CacheFiles.cache".utf8), value: record)] }
    return entry
  }

  /// Receives the entries behind sound directories, and expects that so many are refused and nothing else appears.
  private func expect(refused count: Int, _ entries: [PaxEntry], sourceLocation: SourceLocation = #_sourceLocation)
    throws
  {
    try scratch.writeStream([volume, fanout] + entries)
    let result = try scratch.receive()
    #expect(result.report.refusedEntries == count, "\(result.failures)", sourceLocation: sourceLocation)
    #expect(result.failures.count == count, "\(result.failures)", sourceLocation: sourceLocation)
    #expect(scratch.objects("copy").isEmpty, sourceLocation: sourceLocation)
    #expect(result.report.isWhole && !result.report.isComplete, sourceLocation: sourceLocation)
    #expect(scratch.names == ["copy", "stream"], sourceLocation: sourceLocation)
    #expect(scratch.parts() == ["cache", "graveyard"], sourceLocation: sourceLocation)
  }

  @Test("the sound entry that the others are made of is taken, and only the cache's attribute of it")
  func control() throws {
    var object = entry(objectPath, .regular, record: record)
    object.permissions = 0o6755
    object.attributes.append(.init(name: Array("user.other".utf8), value: [1]))
    object.attributes.append(.init(name: Array("security.capability".utf8), value: [1]))
    try scratch.writeStream([volume, fanout, object])
    let result = try scratch.receive()
    #expect(result.report.isComplete && result.report.receivedObjects == 1, "\(result.failures)")
    let made = scratch.objects("copy")[0]
    #expect(NaiveWalk.attribute(Array(made.utf8)) == record)
    #expect(getxattr(made, "user.other", nil, 0) < 0 && getxattr(made, "security.capability", nil, 0) < 0)
    var status = stat()
    #expect(stat(made, &status) == 0 && status.st_mode & 0o7777 == 0o755, "no right of its owner goes to who runs it")
  }

  @Test("a directory that was damaged on the way is named and not made, and what is in it is left out")
  func damagedDirectories() throws {
    let object = entry(objectPath, .regular, record: record)
    var smb = volume
    smb.path = Array("cache/Icifs,10.0.0.1:445,s".utf8)
    smb.attributes[0].value = VolumeRecord(coherency: Array(repeating: 7, count: 20)).bytes
    let file = URL(fileURLWithPath: "\(scratch.path)/stream")
    let header = Data("SCHILY.xattr.user.CacheFiles.cache=".utf8)
    for offset in 0..<24 {
      try scratch.writeStream([smb, volume, fanout, object])
      var bytes = try Data(contentsOf: file)
      let place = try #require(bytes.range(of: header)).upperBound + offset
      bytes[place] ^= 1
      try bytes.write(to: file)
      let result = try scratch.receive(into: "copy\(offset)")
      #expect(result.report.refusedEntries == 1 && !result.report.isComplete, "byte \(offset): \(result.failures)")
      #expect(!scratch.portrait("copy\(offset)").contains { $0.contains("Icifs") }, "byte \(offset)")
      #expect(result.report.receivedObjects == 1)
    }
    // The mode of a fanout directory, which its own header has.
    try scratch.writeStream([volume, fanout, object])
    var bytes = try Data(contentsOf: file)
    let name = Data("cache/I9p,p9src,hosttag/\(place.fanout)/\0".utf8)
    let start = try #require(bytes.range(of: name)).lowerBound
    let mode = start + 100
    #expect(bytes[mode..<(mode + 6)] == Data("000700".utf8))
    bytes[mode + 4] = UInt8(ascii: "7")
    // The sum of a header, of which eight spaces stand for themselves: octal digits, a NUL and a space.
    let blank = start + 148
    bytes.replaceSubrange(blank..<(blank + 8), with: Data(repeating: 32, count: 8))
    let sum = bytes[start..<(start + 512)].reduce(0) { $0 + Int($1) }
    let digits = String(sum, radix: 8)
    let field = String(repeating: "0", count: 6 - digits.count) + digits + "\0 "
    bytes.replaceSubrange(blank..<(blank + 8), with: Data(field.utf8))
    try bytes.write(to: file)
    let result = try scratch.receive(into: "mode")
    #expect(result.report.refusedEntries == 1 && result.report.skipped == [.volume: 1], "\(result.failures)")
    #expect(scratch.objects("mode").isEmpty)
  }

  @Test("a directory that cannot be made leaves out what is in it, and the stream is not blamed")
  func failedDirectory() throws {
    let object = entry(objectPath, .regular, record: record)
    try scratch.writeStream([volume])
    _ = try scratch.receive()
    try scratch.write("copy/cache/I9p,p9src,hosttag/\(place.fanout)", [1])
    try scratch.writeStream([volume, fanout, object])
    let result = try scratch.receive()
    #expect(result.failures.count == 1 && result.report.errors == 1 && result.report.refusedEntries == 0)
    #expect(result.report.skipped == [.volume: 1] && !result.report.isComplete, "\(result.skips)")
  }

  @Test(
    "a signal that ends both sides of a pipeline is told as one, before the first entry and behind the last that came")
  func signals() throws {
    try scratch.write("stream", [])
    let first = try scratch.receive { $0.isCancelled = { true } }
    #expect(first.report.isInterrupted && first.report.streamFailure == nil)
    #expect(scratch.names == ["stream"], "what was made for it is gone")
    try scratch.writeStream([volume, fanout, entry(objectPath, .regular, record: record)])
    let whole = try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/stream"))
    try scratch.write("stream", Array(whole.prefix(whole.count / 2)))
    let calls = Guarded(0)
    let cut = try scratch.receive {
      $0.isCancelled = {
        calls.withLock { $0 += 1 }; return false
      }
    }
    #expect(!cut.report.isInterrupted && cut.report.streamFailure != nil)
    // The signal comes a moment after the end of the other side.
    let count = calls.withLock { $0 }
    calls.withLock { $0 = 0 }
    let late = try scratch.receive(into: "late") {
      $0.isCancelled = {
        calls.withLock {
          $0 += 1; return $0 >= count
        }
      }
    }
    #expect(late.report.isInterrupted && late.report.streamFailure == nil)
  }

  @Test("paths that lead elsewhere, or nowhere that a cache has")
  func paths() throws {
    let bad = [
      "/\(objectPath)", "../\(objectPath)", "cache/../\(objectPath)", "cache/I9p,p9src,hosttag/../x/y", "x",
      "cache/x/@00/y",
      "cache/I9p,p9src,hosttag/\(place.fanout)/../../../../evil", "graveyard/x",
      "cache/I9p,p9src,hosttag/\(place.fanout)/a/b",
      "cache/I9p,p9src,hosttag/@zz/T1", "cache/@00/T1", ".cachefiles-send/other",
      "cache/I9p,p9src,hosttag/./\(place.name)",
      "cache//I9p,p9src,hosttag/\(place.fanout)/\(place.name)",
    ]
    try expect(refused: bad.count, bad.map { entry($0, .regular, record: record) })
  }

  @Test("links, devices, pipes and directories in the place of an object, and files in that of a directory")
  func kinds() throws {
    let kinds: [FileStatus.Kind] = [.symlink, .fifo, .characterDevice, .blockDevice, .directory]
    try expect(
      refused: kinds.count + 1,
      kinds.map { entry(objectPath, $0, record: record) }
        + [entry("cache/I9p,p9src,other", .regular, record: VolumeRecord(coherency: []).bytes)])
  }

  @Test("names that no kernel makes, or in another directory than that of their hash")
  func names() throws {
    let other = Fanout((Fanout(directoryName: Array(place.fanout.utf8))?.number ?? 0) ^ 1).description
    let directory = entry("cache/I9p,p9src,hosttag/\(other)", .directory, record: nil)
    let bad = ["\(other)/\(place.name)", "\(place.fanout)/Tstray", "\(place.fanout)/T01", "\(place.fanout)/x"]
    try expect(
      refused: bad.count, [directory] + bad.map { entry("cache/I9p,p9src,hosttag/\($0)", .regular, record: record) })
  }

  @Test("records that are none, and objects without one")
  func records() throws {
    let bad: [[UInt8]?] = [nil, [], [1, 2, 3], Array(repeating: 0, count: 400)]
    try expect(refused: bad.count, bad.map { entry(objectPath, .regular, record: $0) })
  }

  @Test("objects whose directories the stream did not tell of, and volumes without a record")
  func directories() throws {
    try scratch.writeStream([
      entry(objectPath, .regular, record: record), fanout, entry("cache/I9p,bare,", .directory, record: nil),
      entry("cache/I9p,bare,/@00", .directory, record: nil),
    ])
    let result = try scratch.receive()
    #expect(result.report.refusedEntries == 3, "\(result.failures)")
    #expect(scratch.portrait("copy").isEmpty)
  }

  @Test(
    "maps out of order, over each other, beyond the end, or with more than the file",
    arguments: [
      ("4096\n4096\n", "4096\n9096\n"), ("20480\n", "00480\n"), ("3\n4096\n", "9\n4096\n"),
      ("4096\n4096\n", "-096\n4096\n"),
    ])
  func maps(good: String, bad: String) throws {
    var object = entry(objectPath, .regular, record: record)
    object.size = 40960
    object.extents = [DataExtent(offset: 4096, length: 4096), DataExtent(offset: 20480, length: 4096)]
    try scratch.writeStream([volume, fanout, object])
    let file = URL(fileURLWithPath: "\(scratch.path)/stream")
    var bytes = try Data(contentsOf: file)
    let range = try #require(bytes.range(of: Data(good.utf8)))
    bytes.replaceSubrange(range, with: Data(bad.utf8))
    try bytes.write(to: file)
    let result = try scratch.receive()
    #expect(scratch.objects("copy").isEmpty && !result.report.isComplete, "\(result.failures) \(result.report)")
  }

  @Test("every byte of a stream inverted, one at a time, never brings what was not sent under another name")
  func flips() throws {
    let object = entry(objectPath, .regular, record: record)
    try scratch.writeStream([volume, fanout, object])
    let whole = try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/stream"))
    for place in stride(from: 0, to: whole.count, by: 37) {
      var bytes = whole
      bytes[place] ^= 0xff
      try bytes.write(to: URL(fileURLWithPath: "\(scratch.path)/flipped"))
      _ = try? scratch.receive("flipped", into: "flip")
      #expect(Set(scratch.names).isSubset(of: ["flip", "flipped", "stream"]), "\(place)")
      for path in scratch.objects("flip") {
        #expect(path.hasSuffix("/\(self.place.fanout)/\(self.place.name)"), "\(place)")
      }
      try? FileManager.default.removeItem(atPath: "\(scratch.path)/flip")
    }
  }

  @Test("archives of other tools are refused, and so is what is no archive; nothing is made")
  func others() throws {
    try scratch.writeStream([volume, fanout, entry(objectPath, .regular, record: record)], isOurs: false)
    #expect(throws: CopyRefusal.self) { try scratch.receive() }
    try scratch.write("text", Array("hello".utf8))
    try scratch.write("empty")
    for name in ["text", "empty"] { #expect(throws: CopyRefusal.self) { try scratch.receive(name) } }
    #expect(!scratch.names.contains("copy"))
    // In an empty directory nothing is left either.
    try scratch.makeDirectory("copy")
    #expect(throws: CopyRefusal.self) { try scratch.receive("text") }
    #expect(scratch.parts().isEmpty)
  }

  @Test("a link in the destination is not followed")
  func linkedDestination() throws {
    try scratch.makeDirectory("copy/graveyard")
    try scratch.makeDirectory("copy/cache")
    try scratch.makeDirectory("elsewhere")
    symlink("\(scratch.path)/elsewhere", "\(scratch.path)/copy/cache/I9p,p9src,hosttag")
    try scratch.writeStream([volume, fanout, entry(objectPath, .regular, record: record)])
    let result = try scratch.receive()
    #expect(result.report.errors == 1 && result.report.receivedObjects == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/elsewhere").isEmpty)
  }
}
