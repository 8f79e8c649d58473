// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import LinuxIO

/// Something mounted inside a cache is named and not entered: what it holds is none of the cache.
@Suite("Mounts inside a cache", .enabled(if: Mount.isPossible, "needs mounts"))
struct MountTests {
  let scratch: ScratchDirectory
  private var volume: String { "cache-root/cache/I9p,p9src,hosttag" }

  init() throws {
    scratch = ScratchDirectory()
    try scratch.makeCache(objects: 4)
    try scratch.write("cache-root/graveyard/6b00e87700000001/file", [1])
  }

  /// A file system of its own, or a part of the same one.
  enum Kind: String, CaseIterable {
    case tmpfs, bind, ext4

    func mount(on path: String, _ scratch: ScratchDirectory) throws -> Mount {
      switch self {
      case .tmpfs: return try Mount(["-t", "tmpfs", "tmpfs", path])
      case .bind:
        try scratch.makeDirectory("elsewhere")
        return try Mount(["--bind", "\(scratch.path)/elsewhere", path])
      case .ext4:
        let image = try scratch.write("image", [])
        _ = try Command.run("/usr/bin/truncate", ["-s", "8M", image])
        _ = try Command.run("/sbin/mkfs.ext4", ["-q", image])
        return try Mount(["-o", "loop", image, path])
      }
    }
  }

  @Test(
    "Whatever is mounted, wherever: one error, nothing of it counted, the rest counted; also where the kernel tells no mount points",
    arguments: Kind.allCases, [false, true])
  func mountsAreNotEntered(kind: Kind, isHidden: Bool) throws {
    func scan(_ threads: Int) throws -> ScanResult {
      func run() throws -> ScanResult { try scratch.scan(threads: threads, attributes: true, extents: true) }
      return isHidden ? try FaultPlan.hidingMountPoints.run(run) : try run()
    }
    for place in ["cache", "cache/I9p,new,", "cache/I9p,p9src,hosttag/@00", "graveyard", "graveyard/x", "cache/@4a"] {
      try scratch.makeDirectory("cache-root/\(place)")
      let below = place.split(separator: "/").count == 1
      let expected = try scratch.scan().statistics.totals.objects
      let mount = try kind.mount(on: "\(scratch.path)/cache-root/\(place)", scratch)
      try scratch.write("cache-root/\(place)/@00/T1", [1, 2, 3])
      for threads in [1, 8] {
        let result = try scan(threads)
        let comment: Comment = "\(kind) at \(place)"
        #expect(result.failures.count == 1, comment)
        #expect(result.failures.first?.path == scratch.path("cache-root/\(place)").bytes, comment)
        #expect(result.failures.first?.note == "something is mounted there", comment)
        #expect(result.summary.failures == 1, comment)
        #expect(result.statistics.totals.objects == (place == "cache" ? 0 : expected), comment)
        if !below || place == "cache" { #expect(result.statistics.graveyard.objects >= 2, comment) }
      }
      mount.unmount()
      if !below { try FileManager.default.removeItem(atPath: "\(scratch.path)/cache-root/\(place)") }
    }
    #expect(try scratch.scan().failures.isEmpty)
  }

  @Test("A cache that is itself a mount point is scanned")
  func rootMayBeAMountPoint() throws {
    try scratch.makeDirectory("mounted")
    let mount = try Mount(["--bind", "\(scratch.path)/cache-root", "\(scratch.path)/mounted"])
    let result = try scratch.scan("mounted")
    #expect(result.failures.isEmpty)
    #expect(result.statistics.totals.objects == 4)
    mount.unmount()
  }

  @Test("The number of a mount is the same by a handle and by /proc, and tells a mount point from any other directory")
  func numbers() throws {
    let mount = try Kind.bind.mount(on: "\(scratch.path)/cache-root/graveyard/6b00e87700000001", scratch)
    let graveyard = try OwnedDescriptor(directory: scratch.path("cache-root/graveyard"))
    try scratch.makeDirectory("cache-root/graveyard/other")
    for (name, isMounted) in [("6b00e87700000001", true), ("other", false), ("", false)] {
      let number = try MountNumber.of(graveyard.raw, name)
      #expect(try MountNumber.listed(graveyard.raw, name) == number)
      #expect((try MountNumber.of(graveyard.raw, "") != number) == isMounted)
    }
    #expect(throws: Errno.noSuchFileOrDirectory) { try MountNumber.of(graveyard.raw, "none") }
    for plan in [FaultPlan(failing: .nameToHandleAt, ordinal: 0, with: .notSupported), FaultPlan.hidingMountPoints] {
      let told = try FaultPlan.hidingMountPoints.run {
        try plan.run { try ["6b00e87700000001", "other"].map { try graveyard.status(of: $0).isMountPoint } }
      }
      #expect(told == [true, false])
    }
    // What cannot be told is not entered.
    let untold = try FaultPlan.hidingMountPoints.run {
      try FaultPlan(failing: .nameToHandleAt, ordinal: 0, with: .notSupported).run {
        try FaultPlan(failing: .pread, ordinal: 0, with: .ioError).run {
          try graveyard.status(of: "other").isMountPoint
        }
      }
    }
    #expect(untold)
    mount.unmount()
  }

  @Test("Mount points answer the question of liveness with nothing", arguments: [Kind.tmpfs, .bind])
  func livenessOfMountPoints(kind: Kind) throws {
    try FileManager.default.removeItem(atPath: "\(scratch.path)/cache-root/graveyard/6b00e87700000001")
    let mount = try kind.mount(on: "\(scratch.path)/cache-root/cache", scratch)
    try scratch.write("cache-root/cache/Ix/file")
    // Some kernel cache is in use somewhere: the table has a row.
    try scratch.write("caches", Array("CACHE\n=====\n00000001 1 0 1 0 A cachefiles\n".utf8))
    let sources = LivenessSources(kernel: KernelRelease(6, 12), caches: scratch.path("caches"))
    guard case .unknown(let reason) = try Store(path: scratch.path("cache-root")).probeLiveness(sources) else {
      Issue.record("a mount point is no proof")
      return
    }
    #expect(reason.contains("'cache' is a mount point"))
    mount.unmount()
  }
}

/// Something that is mounted until the value goes away.
struct Mount: ~Copyable {
  private let path: String

  /// Whether mounting is allowed: to root, but not in every container; and whether a file system can be made.
  static let isPossible: Bool = {
    let scratch = ScratchDirectory()
    return isRoot && FileManager.default.isExecutableFile(atPath: "/sbin/mkfs.ext4")
      && (try? Mount(["-t", "tmpfs", "tmpfs", scratch.path])) != nil
  }()

  /// Of the file systems that share data, those that can be made and mounted here.
  static let sharing: [String] = ["btrfs", "xfs"].filter { canMake($0) }

  /// Whether file systems that fold the case of names can be made and mounted here.
  static let canFoldCase = canMake("ext4", ["-O", "casefold"])

  /// Where the program is that makes file systems of a type.
  static func maker(_ type: String) -> String? {
    ["/sbin", "/usr/sbin", "/bin"].map { "\($0)/mkfs.\(type)" }.first(
      where: FileManager.default.isExecutableFile(atPath:))
  }

  private static func canMake(_ type: String, _ options: [String] = []) -> Bool {
    let scratch = ScratchDirectory()
    let image = "\(scratch.path)/image"
    guard isPossible, let program = maker(type), (try? scratch.makeDirectory("m")) != nil,
      (try? Command.run("/usr/bin/truncate", ["-s", "512M", image]))?.status == 0,
      (try? Command.run(program, ["-q"] + options + [image]))?.status == 0
    else { return false }
    return (try? Mount(["-o", "loop", image, "\(scratch.path)/m"])) != nil
  }

  /// Mounts with these arguments of mount(8), the mount point last.
  init(_ arguments: [String]) throws {
    path = arguments.last ?? ""
    let result = try Command.run("/usr/bin/mount", arguments)
    guard result.status == 0 else { throw MountFailure(text: result.errorText) }
  }

  /// Takes it away before the end of the block.
  consuming func unmount() {}

  /// A program that another test is just starting may have a descriptor in it for a moment.
  deinit {
    let result = try? Command.run("/usr/bin/umount", [path])
    if result?.status != 0 { _ = try? Command.run("/usr/bin/umount", ["-l", path]) }
  }
}

/// Why something could not be mounted or taken away.
struct MountFailure: Error, CustomStringConvertible {
  let text: String
  var description: String { text }
}
