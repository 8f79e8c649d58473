// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// Archives of files with holes.
@Suite("Archives")
struct PaxTests {
  let scratch = ScratchDirectory()

  /// Writes one file and reads it back: the entry, and the bytes of its data.
  private func roundTrip(_ facts: PaxEntry, _ bytes: [UInt8]) throws -> (PaxEntry, [UInt8]) {
    let path = scratch.path("archive")
    let file = try FileDescriptor.open(path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    let writer = try PaxWriter(descriptor: file.rawValue)
    try writer.begin(facts)
    if let run = facts.extents.first { try writer.write(bytes, at: run.offset) }
    try writer.end()
    // One more behind it: the first must be as long as its header says.
    try writer.begin(PaxEntry(path: Array("behind".utf8), kind: .directory))
    try writer.end()
    try writer.finish()
    try file.close()
    let reading = try FileDescriptor.open(path, .readOnly)
    defer { try? reading.close() }
    let reader = try PaxReader(descriptor: reading.rawValue)
    let entry = try #require(try reader.next())
    var data: [UInt8] = []
    while try reader.data({ _, piece in data += Array(piece) }) {}
    #expect(try reader.next()?.path.starts(with: Array("behind".utf8)) == true)
    return (entry, data)
  }

  @Test(
    "a hole at the end costs nothing, however long it is", .timeLimit(.minutes(1)),
    arguments: [8192, 1 << 33, 1 << 50, UInt64(Int64.max) - 4095], [false, true])
  func longHole(size: UInt64, hasData: Bool) throws {
    var facts = PaxEntry(path: Array("file".utf8), kind: .regular)
    facts.size = size
    let bytes = [UInt8](repeating: 7, count: 4096)
    if hasData { facts.extents = [DataExtent(offset: 0, length: 4096)] }
    let (entry, data) = try roundTrip(facts, bytes)
    #expect(entry.size == size)
    #expect(entry.extents.filter { $0.length > 0 } == facts.extents)
    #expect(data == (hasData ? bytes : []))
  }
}
