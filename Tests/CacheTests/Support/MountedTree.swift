// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesTrust
import Foundation
import LinuxIO
import SystemPackage
import TestSupport

/// A directory `mnt` that a made table of mounts calls a 9P mount, and a cache with objects of its files. What stands in `mnt` is what
/// the server has.
struct MountedTree {
  let scratch = ScratchDirectory()
  private let volume = "9p,p9src,hosttag"

  /// Makes the cache and the table; further lines of mounts behind it.
  init(options: String = "rw,cache=fscache,cachetag=hosttag", more: [String] = []) throws {
    try scratch.makeCache(objects: 0)
    try scratch.makeDirectory("mnt")
    let lines =
      ["22 1 8:1 / / rw - ext4 /dev/sda1 rw", "36 22 0:52 / \(scratch.path)/mnt rw - 9p p9src \(options)"] + more
    try scratch.write("proc/self/mountinfo", Array(lines.map { $0 + "\n" }.joined().utf8))
  }

  /// The path of something of the mount.
  func path(_ name: String) -> [UInt8] { scratch.path("mnt/\(name)").bytes }

  /// Makes a file on the server.
  func write(_ name: String, _ bytes: [UInt8]) throws { try scratch.write("mnt/\(name)", bytes) }

  /// The path of the object of a file, as text below the scratch directory.
  func object(_ name: String) throws -> String {
    let inode = try MountedFile(path: scratch.path("mnt/\(name)")).status().inode
    var key: [UInt8] = []
    withUnsafeBytes(of: (inode - 2).littleEndian) { key += Array($0) }
    let hash = KeyHash(cookieKey: key.span, in: KeyHash(volumeKey: Array(volume.utf8).span))
    let file = String(decoding: try ObjectName.name(of: key), as: UTF8.self)
    return "cache-root/cache/I\(volume)/\(hash.fanout)/\(file)"
  }

  /// Makes the object of a file with some of its blocks of 4096 bytes, taken from the file; holes elsewhere.
  ///
  /// - Parameters:
  ///   - blocks: nil for all.
  ///   - wrong: offsets of bytes that are inverted.
  ///   - size: what the record says; nil for the length of the file.
  @discardableResult
  func cache(
    _ name: String, blocks: [Int]? = nil, wrong: [Int] = [], size: UInt64? = nil, content: Content = .noData
  ) throws -> String {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/mnt/\(name)")))
    let count = (bytes.count + 4095) / 4096
    var padded = bytes + [UInt8](repeating: 0, count: count * 4096 - bytes.count)
    for offset in wrong { padded[offset] ^= 0xff }
    let path = try object(name)
    try scratch.write(path)
    let full = "\(scratch.path)/\(path)"
    truncate(full, off_t(count * 4096))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: full))
    for block in blocks ?? Array(0..<count) {
      try file.seek(toOffset: UInt64(block * 4096))
      try file.write(contentsOf: Data(padded[block * 4096..<(block + 1) * 4096]))
    }
    try file.close()
    setAttribute(
      full, ObjectRecord(objectSize: size ?? UInt64(bytes.count), content: content, coherency: [1, 2, 3, 4]).bytes)
    return path
  }

  func side() throws -> CacheSide {
    try CacheSide(try Store(path: scratch.path("cache-root")), KernelView(directory: scratch.path("proc")))
  }

  /// What a verification came to, and what was told meanwhile.
  struct Result {
    var report: VerifyReport
    var files: [VerifiedFile]
    var failures: [StoreError]

    /// The answer for one file.
    func file(_ path: [UInt8]) -> VerifiedFile? { files.first { $0.path == path } }
  }

  /// Compares paths below the mount, all of it without any.
  func verify(
    _ names: [String] = [""], journal: VerifyJournal? = nil, source: any FileFactSource = SystemFacts(),
    _ change: (inout VerifyOptions) -> Void = { _ in },
    discard: (() throws(Refusal) -> any RemovalRight)? = nil
  ) throws -> Result {
    let (files, failures) = (Collector<VerifiedFile>(), Collector<StoreError>())
    var options = VerifyOptions()
    options.threads = 3
    options.pause = .zero
    options.longPause = .zero
    options.kernel = KernelRelease(6, 12)
    options.onFile = { files.add($0) }
    options.onFailure = { failures.add($0) }
    change(&options)
    let verify = Verify(try side(), source, options, journal: journal)
    let report = try verify.run(
      names.map { $0.isEmpty ? scratch.path("mnt").bytes : path($0) }, isRecursive: true, discard: discard)
    return Result(report: report, files: files.all, failures: failures.all)
  }
}
