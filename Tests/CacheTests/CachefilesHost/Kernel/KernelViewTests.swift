// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// What the kernel tells, read from directories like `/proc`.
@Suite("The kernel's view")
struct KernelViewTests {
  let scratch = ScratchDirectory()

  private func put(_ name: String, _ fixture: String) throws {
    try scratch.write(name, try Fixtures.bytes("proc/\(fixture)"))
  }

  private func cookies(_ view: KernelView) throws -> (count: Int, unread: Int?) {
    var count = 0
    let unread = try view.forEachCookie { _ in count += 1 }
    return (count, unread?.count)
  }

  @Test("the kernel's layout", arguments: ["fs/fscache", "fs/netfs"])
  func layout(_ directory: String) throws {
    let name = "6.12.117+deb12-amd64"
    for table in ["stats", "caches", "volumes", "cookies"] { try put("\(directory)/\(table)", "\(name).\(table)") }
    let heading = "NV SERVER   PORT DEV          FSID                              FSC\n"
    try scratch.write("fs/nfsfs/volumes", Array((heading + "v4 0a000004  801 0:52         1:2    yes\n").utf8))
    try scratch.write("fs/nfsfs/servers", Array("NV SERVER   PORT USE HOSTNAME\nv4 0a000004  801   2 a\n".utf8))
    try scratch.write("self/mountinfo", Array("22 1 8:1 / / rw - ext4 /dev/sda1 rw\n".utf8))
    let view = KernelView(directory: FilePath(scratch.path))
    #expect(view.statistics?.cookies == 260)
    #expect(view.caches?.rows.map(\.state) == [.active])
    #expect(view.volumes?.rows.count == 4)
    #expect(view.nfsVolumes?.rows.map(\.isCached) == [true])
    #expect(view.nfsServers?.rows.count == 1)
    #expect(view.mounts?.rows.count == 1)
    #expect(view.failures.isEmpty)
    #expect(try cookies(view) == (260, 0))
  }

  @Test("plain names beside each other")
  func flat() throws {
    for table in ["stats", "caches", "volumes", "cookies"] { try put(table, "6.1.0-50-amd64.\(table)") }
    try scratch.write("mountinfo", Array("22 1 8:1 / / rw - ext4 /dev/sda1 rw\n".utf8))
    let view = KernelView(directory: FilePath(scratch.path))
    #expect(view.statistics?.form == .readHelpers)
    #expect(view.caches?.rows.count == 1)
    #expect(view.volumes?.rows.count == 4)
    #expect(view.mounts?.rows.count == 1)
    #expect(view.nfsVolumes == nil)
    #expect(try cookies(view).count == 260)
  }

  @Test("what does not exist is nil, what cannot be read is a failure")
  func missing() throws {
    let empty = KernelView(directory: scratch.path("none"))
    #expect(empty.statistics == nil)
    #expect(empty.mounts == nil)
    #expect(empty.failures.isEmpty)
    #expect(try cookies(empty) == (0, nil))
    try scratch.makeDirectory("fs/fscache/caches")
    try scratch.makeDirectory("fs/fscache/cookies")
    let view = KernelView(directory: FilePath(scratch.path))
    #expect(view.caches == nil)
    #expect(view.failures.count == 1)
    #expect(view.failures.first?.description.contains("fs/fscache/caches") == true)
    #expect(throws: StoreError.self) { try view.forEachCookie { _ in } }
  }

  @Test("many cookies with lines that are none, longer than any buffer")
  func manyCookies() throws {
    var text = Array("COOKIE   VOLUME   REF ACT ACC S FL DEF             \n".utf8)
    for number in 1...20_000 {
      text += Array("\(String(number, radix: 16)) 00000001   1   0   0 - 4008 00000002\n".utf8)
    }
    text += [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20) + Array("\n00000001 short\n".utf8)
    text += Array("00000001 00000001   1   0   0 - 4008 00000002".utf8)
    try scratch.write("cookies", text)
    #expect(try cookies(KernelView(directory: FilePath(scratch.path))) == (20_001, 2))
  }
}
