// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CachefilesFormat

/// The table of messages, and what a log comes to.
@Suite("Messages of kernel and daemon")
struct LogMessageTests {
  private static func id(_ line: String, strict: Bool = false) -> String? {
    let bytes = Array(line.utf8)
    return LogMessage.match(bytes.span, strict: strict)?.message.id
  }

  @Test(
    "lines as they are pasted",
    arguments: [
      ("[  12.3] FS-Cache: Cache 'mycache' stopped due to I/O error", "stopped"),
      ("netfs: Cache 'x' stopped due to I/O error", "stopped"),
      ("CacheFiles: Failed to register: -30", "bind-failed"), ("CacheFiles: Failed to register: -95", "bind-failed"),
      ("CacheFiles: failed to register: -12", "module-failed"), ("CacheFiles: Dirty object in cache", "dirty"),
      (
        "FS-Cache: fscache_begin_operation: cookie state change wait timed out: cookie->state=1 state=1",
        "cookie-timeout"
      ),
      ("FS-Cache: Potential volume collision new=0000000a old=00000009", "volume-collision"),
      ("CacheFiles: Lookup failed error -105", "lookup-error"),
      ("CacheFiles: Lookup Infs,3.0 failed with error -36", "lookup-error"),
      ("CacheFiles: mkdir @0a failed with error -28", "mkdir-error"),
      ("CacheFiles: I/O Error: Unlink failed", "io-unlink"), ("CacheFiles: I/O Error: Something new", "io-error"),
      ("CacheFiles: cachefiles: Inode already in use: Infs,3.0 (B=1)", "in-use"),
      ("9p: Cache volume key already in use (9p,tmp,)", "volume-in-use"),
      ("cachefilesd[812]: Unable to open /dev/cachefiles: errno 16 (Device or resource busy)", "daemon-device"),
      ("cachefilesd[812]: Scanning suspended", "daemon-suspended"),
      ("/etc/cachefilesd.conf:3:Unterminated line", "daemon-unterminated"),
      ("Nov 28 07:00:00 h cachefilesd[1]: /etc/cachefilesd.conf:3:Unterminated line", "daemon-unterminated"),
      ("cachefilesd[1]: readdir returned unsupported type 10: errno 0 (Success)", "daemon-special-file"),
    ])
  func lines(line: String, id: String) {
    #expect(Self.id(line) == id)
  }

  @Test(
    "other programs' lines are none of them",
    arguments: [
      "usb 1-1: failed to register: -22", "systemd[1]: Daemon Started", "nfs: server not responding",
      "kernel: mkdir /x failed", "I/O error, dev sda", "",
    ])
  func foreign(line: String) {
    #expect(Self.id(line, strict: true) == nil)
  }

  @Test("every message of the table is found by its own text, and every id has one weight a source")
  func whole() {
    for message in LogMessage.all {
      let text = message.pattern.replacing("%s", with: "name").replacing("%d", with: "-5")
      let tag = message.source == .kernel ? "CacheFiles: " : "cachefilesd[1]: "
      #expect(Self.id(tag + text) == message.id, "\(message.pattern)")
      #expect(!message.meaning.isEmpty && !message.advice.isEmpty && !message.releases.isEmpty)
    }
  }

  @Test("an error number is told with what it means for that message")
  func numbers() throws {
    func words(_ line: String) throws -> String {
      let bytes = Array(line.utf8)
      let match = LogMessage.match(bytes.span)
      return try #require(match).explanation
    }
    #expect(try words("CacheFiles: Failed to register: -95").contains("EOPNOTSUPP"))
    #expect(try words("CacheFiles: Failed to register: -30").contains("read-only"))
    #expect(try words("CacheFiles: Lookup failed error -105").contains("ENOBUFS"))
    #expect(try words("CacheFiles: Lookup I failed with error -36").contains("255 bytes"))
    #expect(try words("CacheFiles: Failed to register: -4000").contains("error -4000") == false)
  }

  @Test("what a later start put right is history, what came after it is not")
  func digest() {
    let text = Array(
      """
      CacheFiles: Failed to register: -95
      CacheFiles: File cache on sda1 registered
      CacheFiles: Dirty object in cache
      CacheFiles: Dirty object in cache
      FS-Cache: Cache 'x' stopped due to I/O error
      """.utf8)
    let log = LogDigest(parsing: text.span)
    #expect(log.entries.map(\.match.message.id) == ["bind-failed", "bound", "dirty", "stopped"])
    #expect(log.entries.map(\.count) == [1, 1, 2, 1])
    #expect(log.troubles.map(\.match.message.id) == ["stopped"])
    let again = Array((String(decoding: text, as: UTF8.self) + "\nCacheFiles: File cache on sda1 registered\n").utf8)
    let later = LogDigest(parsing: again.span)
    #expect(later.troubles.isEmpty)
  }
}
