// SPDX-License-Identifier: Apache-2.0
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@Suite("Descriptors")
struct DescriptorTests {
  let scratch = ScratchDirectory()

  private func open() throws -> OwnedDescriptor { try OwnedDescriptor(directory: FilePath(scratch.path)) }

  @Test(
    "A name is one component, never a path",
    arguments: [[], [0x2e], [0x2e, 0x2e], Array("a/b".utf8), Array("/".utf8), [0x61, 0, 0x62]] as [[UInt8]])
  func namesAreComponents(bytes: [UInt8]) {
    #expect(EntryName(bytes) == nil)
  }

  @Test("Names are bytes: invalid UTF-8 and newlines pass unchanged")
  func namesAreBytes() throws {
    let bytes: [UInt8] = [0x44, 0xff, 0xfe, 0x0a, 0x20]
    let name = try #require(EntryName(bytes))
    let directory = try open()
    let file = try directory.open(name, .create(permissions: 0o600))
    #expect(try file.status().kind == .regular)
    // btrfs lists what was there when the directory was opened.
    let now = try open()
    let buffer = DirectoryBuffer(capacity: 4096)
    var seen: [[UInt8]] = []
    while try buffer.fill(from: now) { buffer.forEach { seen.append(Array($0.entryName?.bytes ?? [])) } }
    #expect(seen == [bytes])
  }

  @Test("A symbolic link is never followed, neither to a file nor to a directory")
  func linksAreNotFollowed() throws {
    let directory = try open()
    try directory.makeSymlink("file", to: "/etc/passwd")
    try directory.makeSymlink("directory", to: "/etc")
    #expect(throws: Errno.tooManySymbolicLinkLevels) { _ = try directory.open("file", .inspect) }
    #expect(throws: Errno.notDirectory) { _ = try directory.open("directory", .directory) }
    #expect(try directory.status(of: "file").kind == .symlink)
  }

  @Test("Opening a FIFO to look at it does not block")
  func fifosDoNotBlock() throws {
    #expect(mkfifo(scratch.path + "/fifo", 0o600) == 0)
    let fifo = try open().open("fifo", .inspect)
    #expect(try fifo.status().kind == .fifo)
  }

  @Test("Runs of data are told apart from holes")
  func dataExtents() throws {
    let file = try open().open("sparse", .create(permissions: 0o600))
    let bytes = [UInt8](repeating: 7, count: 4096)
    try file.write(bytes, at: 8192, count: 4096)
    try file.write(bytes, at: 65536, count: 4096)
    try file.truncate(to: 1 << 20)
    #expect(
      try file.dataExtents(size: 1 << 20) == [
        DataExtent(offset: 8192, length: 4096), DataExtent(offset: 65536, length: 4096),
      ])
    #expect(try file.dataExtents(size: 0).isEmpty)
    var later: [DataExtent] = []
    try file.forEachDataExtent(size: 1 << 20, from: 9000) { later.append($0) }
    #expect(later == [DataExtent(offset: 9000, length: 3288), DataExtent(offset: 65536, length: 4096)])
    #expect(try file.dataExtents(size: 10000) == [DataExtent(offset: 8192, length: 1808)])
  }

  @Test("The data of what is no regular file is never more than was asked for")
  func dataOfDirectories() throws {
    let extents = (try? open().dataExtents(size: 5000)) ?? []
    #expect(extents.allSatisfy { $0.end <= 5000 })
  }

  @Test("Attributes: value, none, empty, longer than the buffer, which grows", arguments: [true, false])
  func attributes(usesGetxattrat: Bool) throws {
    let directory = try open()
    let value = [UInt8](repeating: 9, count: 2000)
    try directory.open("long", .create(permissions: 0o600)).setAttribute("user.a", to: value)
    try directory.open("short", .create(permissions: 0o600)).setAttribute("user.a", to: [1, 2, 3])
    try directory.open("empty", .create(permissions: 0o600)).setAttribute("user.a", to: [])
    _ = try directory.open("none", .create(permissions: 0o600))
    #expect(try directory.open("long", .inspect).attribute("user.a") == value)
    #expect(try directory.open("none", .inspect).attribute("user.a") == nil)
    let plan = usesGetxattrat ? nil : FaultPlan(failing: .getxattrat, ordinal: 0, with: .noFunction)
    let readings = try read(directory, with: plan)
    #expect(readings["long"] == .value(count: 2000))
    #expect(readings["short"] == .value(count: 3))
    #expect(readings["empty"] == .value(count: 0))
    #expect(readings["none"] == .absent)
  }

  private func read(_ directory: borrowing OwnedDescriptor, with plan: FaultPlan?) throws -> [String: AttributeReading]
  {
    let values = AttributeBuffer(capacity: 64)
    var readings: [String: AttributeReading] = [:]
    for name in ["long", "short", "empty", "none"] {
      if let plan {
        readings[name] = plan.run { directory.attribute("user.a", of: EntryName(stringLiteral: name), into: values) }
      } else {
        readings[name] = directory.attribute("user.a", of: EntryName(stringLiteral: name), into: values)
      }
    }
    return readings
  }

  @Test("libattr copies user attributes from file to file")
  func attributeCopy() throws {
    let directory = try open()
    let source = try directory.open("source", .create(permissions: 0o600))
    let copy = try directory.open("copy", .create(permissions: 0o600))
    try source.setAttribute("user.CacheFiles.cache", to: [0, 1, 2, 255])
    try source.setAttribute("user.other", to: [])
    try AttributeCopy.copyUserAttributes(from: source, to: copy)
    #expect(try copy.attribute("user.CacheFiles.cache") == [0, 1, 2, 255])
    #expect(try copy.attribute("user.other") == [])
  }

  @Test("Times are set and read in nanoseconds, before 1970 too")
  func times() throws {
    let file = try open().open("file", .create(permissions: 0o600))
    try file.setTimes(access: 1_795_220_828_920_000_001, modification: -1_500_000_000)
    let status = try file.status()
    #expect(status.access == 1_795_220_828_920_000_001)
    #expect(status.modification == -1_500_000_000)
  }

  @Test("Reading a directory leaves its access time alone")
  func accessTimesStay() throws {
    let directory = try open()
    try directory.makeDirectory("below", permissions: 0o700)
    let below = try directory.open("below", .directory)
    _ = try below.open("file", .create(permissions: 0o600))
    try below.setTimes(access: 1, modification: 1_000_000_000)
    let buffer = DirectoryBuffer(capacity: 4096)
    while try buffer.fill(from: below) {}
    #expect(try below.status().access == 1)
  }
}
