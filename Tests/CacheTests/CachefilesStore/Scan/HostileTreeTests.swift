// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// Trees that no kernel makes: whatever lies in a cache, a scan ends, counts it once and follows nothing.
@Suite("Hostile trees")
struct HostileTreeTests {
  let scratch: ScratchDirectory
  private let volume = "cache-root/cache/I9p,p9src,hosttag"

  init() throws {
    scratch = ScratchDirectory()
    try scratch.makeCache(objects: 3)
  }

  private func full(_ name: String) -> String { "\(scratch.path)/\(name)" }

  /// Makes a file or a directory with a name that is no text.
  private func make(_ directory: String, _ name: [UInt8], isDirectory: Bool = false) {
    let path = Array(full(directory).utf8) + [UInt8(ascii: "/")] + name + [0]
    path.withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { text in
        guard let base = text.baseAddress else { return }
        if isDirectory {
          #expect(mkdir(base, 0o700) == 0)
        } else {
          close(open(base, O_WRONLY | O_CREAT | O_EXCL, 0o600))
        }
      }
    }
  }

  @Test("Symbolic links are counted where they stand and lead nowhere", arguments: [1, 8])
  func links(threads: Int) throws {
    try scratch.write("outside/secret", [1, 2, 3])
    let targets = [".", "..", "../../..", "/", "loop", full("outside"), full("outside/secret"), "/nowhere"]
    try scratch.makeDirectory("\(volume)/@00")
    let places = ["cache-root", "cache-root/cache", volume, "\(volume)/@00", "cache-root/graveyard"]
    for place in places {
      for (number, target) in targets.enumerated() {
        let name = place.hasSuffix("hosttag") ? "@f\(number)" : "I\(number)"
        try? FileManager.default.removeItem(atPath: full("\(place)/\(name)"))
        try FileManager.default.createSymbolicLink(atPath: full("\(place)/\(name)"), withDestinationPath: target)
      }
    }
    let result = try scratch.scan(threads: threads, attributes: true, extents: true)
    #expect(result.failures.isEmpty)
    #expect(result.statistics.graveyard.objects == targets.count)
    #expect(result.statistics.foreign.objects == 4 * targets.count)
    #expect(try result.statistics.totals.diskBytes == NaiveWalk.diskUsage(full("cache-root")))
  }

  /// A socket's address is short: it is made at the top and moved.
  private func makeSocket(_ name: String) throws {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: full("s").utf8) }
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(bound == 0)
    #expect(rename(full("s"), full(name)) == 0)
  }

  @Test("FIFOs, sockets and devices at an object's place are not opened, and are foreign", arguments: [1, 8])
  func specialFiles(threads: Int) throws {
    try scratch.makeDirectory("\(volume)/@00")
    #expect(mkfifo(full("\(volume)/@00/Tf1f0"), 0o600) == 0)
    try makeSocket("\(volume)/@00/T50c")
    if isRoot {
      #expect(mknod(full("\(volume)/@00/Tde"), S_IFCHR | 0o600, dev_t(1 << 8 | 8)) == 0)
      #expect(mknod(full("\(volume)/@00/Tb"), S_IFBLK | 0o600, dev_t(7 << 8 | 250)) == 0)
    }
    let before = try scratch.scan(threads: threads, attributes: true, extents: true)
    #expect(before.failures.isEmpty)
    #expect(before.statistics.totals.objects == 3)
    #expect(before.statistics.foreign.objects == (isRoot ? 4 : 2))
    for name in ["Tf1f0", "T50c"] + (isRoot ? ["Tde", "Tb"] : []) {
      let seen = try Inspection(path: scratch.path("\(volume)/@00/\(name)"))
      #expect(seen.status.kind != .regular)
      #expect(seen.attribute == nil && seen.extents == nil)
    }
  }

  @Test("Attributes of any length are read whole, never cut or run over")
  func attributeLengths() throws {
    try scratch.makeDirectory("\(volume)/@00")
    var biggest = 0
    for length in [0, 1, 8, 17, 18, 1023, 1024, 1025, 4096, 16384, 65536] {
      let file = try scratch.write("\(volume)/@00/T\(length)")
      let value = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 1) }
      // Each file system has a length of its own from which on it refuses.
      guard NaiveWalk.setAttribute(file, value) else { continue }
      biggest = max(biggest, length)
      let seen = try Inspection(path: scratch.path("\(volume)/@00/T\(length)"))
      #expect(seen.attribute == value, "\(length)")
      #expect(seen.attributeError == nil)
      let buffer = AttributeBuffer(capacity: 1024)
      let directory = try OwnedDescriptor(directory: scratch.path("\(volume)/@00"))
      let reading = directory.attribute(
        "user.CacheFiles.cache", of: EntryName(stringLiteral: "T\(length)"), into: buffer)
      #expect(reading == .value(count: length))
      #expect(buffer.bytes(length).array == value)
    }
    #expect(biggest > 1024)
    for attribute in [[], [0], [UInt8](repeating: 0, count: 17), [UInt8](repeating: 1, count: 900)] {
      setAttribute(full(volume), attribute)
      let result = try scratch.scan(attributes: true)
      #expect(result.failures.isEmpty)
    }
  }

  @Test("Names of any bytes and of 255 bytes are kept as they are", arguments: [1, 8])
  func names(threads: Int) throws {
    let long = [UInt8](repeating: UInt8(ascii: "E"), count: 255)
    let names: [[UInt8]] = [
      long, [0xff], [0x44, 0xff, 0xfe, 0x0a, 0x20], Array("D\n".utf8), Array("D\u{301}".utf8),
      [0x44, 0x65, 0xcc, 0x81],
      [0x44, 0xc3, 0xa9], [0x2e, 0x2e, 0x2e], [0x20], [0x1b, 0x5b, 0x32, 0x4a], [0x7f], [0x01],
    ]
    try scratch.makeDirectory("\(volume)/@00")
    for name in names {
      make("\(volume)/@00", name)
      make("cache-root/graveyard", name, isDirectory: true)
    }
    for key in [[UInt8](repeating: 0xff, count: 254), [], [0x0a], [0xff, 0xfe]] {
      make("cache-root/cache", [UInt8(ascii: "I")] + key, isDirectory: true)
      make("cache-root/cache/", [UInt8(ascii: "J")] + key)
    }
    guard case .done(let witness, let summary, let errors, _) = ScanEnd.of(scratch.path("cache-root"), threads: threads)
    else {
      Issue.record("no scan")
      return
    }
    #expect(errors.isEmpty)
    let walked = NaiveWalk.entries(full("cache-root")).map { entry in
      entry.path.isEmpty
        ? scratch.path("cache-root").bytes : scratch.path("cache-root").bytes.appending(component: entry.path)
    }
    #expect(witness.paths == Set(walked))
    #expect(summary.volumes.count == 5)
    #expect(Set(summary.volumes.map(\.key)).contains([]))
    #expect(witness.statistics.totals.objects == 3 + names.count)
    #expect(witness.statistics.graveyard.objects == names.count)
  }

  @Test("A graveyard with directories nested 5,000 deep is counted to its end", arguments: [1, 8])
  func deepGraveyard(threads: Int) throws {
    let depth = 5000
    var directory = try OwnedDescriptor(directory: scratch.path("cache-root/graveyard"))
    for _ in 0..<depth {
      try directory.makeDirectory("d", permissions: 0o700)
      directory = try directory.open("d", .directory)
    }
    _ = try directory.open("file", .create(permissions: 0o600))
    let result = try scratch.scan(threads: threads)
    #expect(result.failures.isEmpty)
    #expect(result.statistics.graveyard.objects == depth + 1)
    #expect(scratch.openDescriptors.filter { $0.contains("/d/d") }.count <= 1)
  }

  @Test("A scan that is cut off anywhere says so, in the last directory too", arguments: [1, 4])
  func cutScan(threads: Int) throws {
    let fanout = try #require(
      FileManager.default.subpathsOfDirectory(atPath: full("cache-root")).first { $0.split(separator: "/").count == 3 })
    for number in 0..<3000 {
      try scratch.write("cache-root/\(fanout)/\(String(repeating: "n", count: 200))\(number)", [])
    }
    let store = try Store(path: scratch.path("cache-root"))
    func scan(cutAt limit: Int) throws -> (objects: Int, isCancelled: Bool, calls: Int) {
      let calls = Collector<Bool>()
      var options = ScanOptions(threads: threads, attributes: false) { _ in }
      options.isCancelled = {
        calls.add(true)
        return calls.all.count > limit
      }
      let (statistics, summary) = try Scanner(store, options).run {
        Statistics(wantsExtents: false, now: Timestamp.now)
      }
      return (statistics.totals.objects + statistics.graveyard.objects, summary.isCancelled, calls.all.count)
    }
    let whole = try scan(cutAt: .max)
    #expect(!whole.isCancelled)
    for limit in 0..<whole.calls {
      let cut = try scan(cutAt: limit)
      #expect(cut.isCancelled || cut.objects == whole.objects, "cut at \(limit) of \(whole.calls)")
    }
  }
}
