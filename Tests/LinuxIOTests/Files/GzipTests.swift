// SPDX-License-Identifier: Apache-2.0
import Foundation
import LinuxIO
import TestSupport
import Testing

@Suite("Text compressed by gzip")
struct GzipTests {
  private func compress(_ text: [UInt8]) throws -> [UInt8] {
    let scratch = ScratchDirectory()
    try scratch.write("text", text)
    _ = try Command.run("/bin/sh", ["-c", "gzip -n \"$1\"", "sh", "\(scratch.path)/text"])
    return Array(try #require(FileManager.default.contents(atPath: "\(scratch.path)/text.gz")))
  }

  @Test("is what gzip was given", arguments: [0, 1, 70_000])
  func whole(count: Int) throws {
    let text = (0..<count).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) }
    #expect(Gzip.expand(try compress(text), limit: count + 1) == text)
  }

  @Test("is nothing when it is cut off, damaged, something else, or longer than the limit")
  func refused() throws {
    let text = Array("CONFIG_NFS_FSCACHE=y\n".utf8)
    let good = try compress(text)
    for length in 0..<good.count { #expect(Gzip.expand(Array(good[..<length]), limit: 4096) == nil) }
    var bad = good
    bad[good.count - 6] ^= 1
    #expect(Gzip.expand(bad, limit: 4096) == nil)
    #expect(Gzip.expand(text, limit: 4096) == nil)
    #expect(Gzip.expand(try compress([UInt8](repeating: 0, count: 1 << 20)), limit: 4096) == nil)
  }
}
