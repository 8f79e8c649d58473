// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesCheck

/// A journal says what to write where: one that was damaged is not believed.
@Suite("Damaged journals")
struct JournalDamageTests {
  let scratch = ScratchDirectory()

  private func journal() throws -> [UInt8] {
    try scratch.makeDamaged([.o16, .o24, .f02, .o06])
    _ = try scratch.check("cache-root", .all)
    return Array(try Data(contentsOf: URL(filePath: scratch.path + "/journal")))
  }

  private func isBelieved(_ bytes: [UInt8]) throws -> Bool {
    try Data(bytes).write(to: URL(filePath: scratch.path + "/journal"))
    do throws(JournalFailure) {
      _ = try Undo(journal: scratch.path("journal"))
      return true
    } catch {
      return false
    }
  }

  @Test("no byte can be another one, and none be missing, but at the end of the file")
  func bytes() throws {
    let whole = try journal()
    #expect(try isBelieved(whole))
    // The newline of the last line: without it the line counts as one that was cut off.
    for index in whole.indices.dropLast() {
      for mask: UInt8 in [1, 2, 4, 0x20, 0x80] {
        var changed = whole
        changed[index] ^= mask
        #expect(try !isBelieved(changed), "bit \(mask) of byte \(index)")
      }
      var shorter = whole
      shorter.remove(at: index)
      #expect(try !isBelieved(shorter), "without byte \(index)")
    }
  }

  @Test(
    "no line can be missing before the end, stand twice, or change its place; a journal without its end is told from a whole one"
  )
  func lines() throws {
    let whole = try journal()
    let lines = whole.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true).map { Array($0) }
    #expect(lines.count == 6)
    func joined(_ lines: [[UInt8]]) -> [UInt8] { lines.flatMap { $0 + [UInt8(ascii: "\n")] } }
    for index in lines.indices.dropLast() {
      var changed = lines
      changed.remove(at: index)
      #expect(try !isBelieved(joined(changed)), "without line \(index)")
      changed = lines
      changed.swapAt(index, index + 1)
      #expect(try !isBelieved(joined(changed)), "line \(index) behind the next")
    }
    for index in lines.indices {
      #expect(try !isBelieved(joined(lines + [lines[index]])), "line \(index) twice")
    }
    for count in 1...lines.count {
      #expect(try isBelieved(joined(Array(lines.prefix(count)))))
      let report = try scratch.undo()
      #expect(report.hasEnd == (count == lines.count))
    }
  }

  @Test("a journal of an earlier version has no sums: without them it is read, with them it is no such journal")
  func versions() throws {
    let lines = try journal().split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    let sum = /,"sum":"[0-9a-f]{8}"}/
    for version in 1...4 {
      let named = lines.map { $0.replacing("\"version\":3", with: "\"version\":\(version)") }
      let bare = named.map { $0.replacing(sum, with: "}") }
      func bytes(_ lines: [String]) -> [UInt8] { Array((lines.joined(separator: "\n") + "\n").utf8) }
      #expect(try isBelieved(bytes(bare)) == (version < 3), "version \(version) without sums")
      #expect(try isBelieved(bytes(named)) == (version == 3), "version \(version) with sums")
    }
  }
}
