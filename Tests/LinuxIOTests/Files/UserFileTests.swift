// SPDX-License-Identifier: Apache-2.0
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// Files that a user names: read whole, or not at all.
@Suite("Files that a user names")
struct UserFileTests {
  let scratch = ScratchDirectory()

  /// A pipe that another thread writes to a moment later.
  private func pipe(_ pieces: [[UInt8]]) -> FilePath {
    let path = "\(scratch.path)/pipe"
    unlink(path)
    #expect(mkfifo(path, 0o600) == 0)
    Thread.detachNewThread {
      usleep(50_000)
      let descriptor = open(path, O_WRONLY)
      for piece in pieces {
        _ = piece.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        usleep(20_000)
      }
      close(descriptor)
    }
    return FilePath(path)
  }

  @Test("a pipe is waited for until its writer is done with it, however slowly it writes")
  func latePipe() throws {
    let pieces = [Array("first\n".utf8), Array("second\nthi".utf8), Array("rd\n".utf8)]
    #expect(try UserFile.read(pipe(pieces), limit: 100) == pieces.flatMap { $0 })
    var lines: [String] = []
    try UserFile.forEachLine(of: pipe(pieces), longest: 100) { line in
      lines.append(String(decoding: line, as: UTF8.self))
      return true
    }
    #expect(lines == ["first", "second", "third"])
    #expect(try UserFile.read(pipe([]), limit: 100) == [])
  }

  @Test("a file with more bytes than it can sensibly have is an error, not a part of it")
  func tooLarge() throws {
    let file = FilePath(try scratch.write("file", [UInt8](repeating: 10, count: 1000)))
    #expect(try UserFile.read(file, limit: 1000).count == 1000)
    #expect(throws: Errno.fileTooLarge) { try UserFile.read(file, limit: 999) }
    #expect(throws: Errno.fileTooLarge) { try SmallFile.read(file, limit: 999) }
    #expect(throws: Errno.fileTooLarge) { try UserFile.read("/dev/zero", limit: 1 << 20) }
    #expect(throws: Errno.fileTooLarge) { try UserFile.forEachLine(of: "/dev/zero", longest: 1 << 20) { _ in true } }
    #expect(throws: Errno.noSuchFileOrDirectory) { try UserFile.read(FilePath("\(scratch.path)/none"), limit: 1) }
    #expect(throws: Errno.isDirectory) { try UserFile.read(FilePath(scratch.path), limit: 1 << 20) }
  }

  @Test("lines: the last one counts only with its newline, and reading ends where it is told to")
  func lines() throws {
    let file = FilePath(try scratch.write("file", Array("a\n\nbc\ncut off".utf8)))
    var lines: [[UInt8]] = []
    try UserFile.forEachLine(of: file, longest: 100) { line in
      lines.append(line)
      return true
    }
    #expect(lines == [[97], [], [98, 99]])
    lines = []
    try UserFile.forEachLine(of: file, longest: 100) { line in
      lines.append(line)
      return lines.count < 2
    }
    #expect(lines.count == 2)
  }

  @Test("a new file appears whole under a free name, or not at all")
  func newFile() throws {
    let path = FilePath("\(scratch.path)/new")
    do {
      let file = try NewFile(path)
      try file.file.append([1, 2, 3])
    }
    #expect(scratch.names == [])
    let kept = try NewFile(path)
    try kept.file.append([1, 2, 3])
    #expect(scratch.names == [])
    try kept.keep()
    #expect(try Data(contentsOf: URL(filePath: path.description)) == Data([1, 2, 3]))
    #expect(throws: Errno.fileExists) { try NewFile(path) }
    let late = try NewFile(FilePath("\(scratch.path)/taken"))
    try scratch.write("taken", [9])
    #expect(throws: Errno.fileExists) { try late.keep() }
    #expect(try Data(contentsOf: URL(filePath: "\(scratch.path)/taken")) == Data([9]))
  }

  @Test(
    "a file is replaced as a whole; what a process that was killed left beside it goes, what one that is alive has is waited for"
  )
  func replacing() throws {
    let path = FilePath(bytes: Array("\(scratch.path)/pins".utf8) + [0xff])
    let beside = FilePath(bytes: Array("\(scratch.path)/.pins".utf8) + [0xff] + Array(".cachefiles-new".utf8))
    try NewFile.replace(path, with: [1], isDurable: true)
    // As killed between the link and the rename.
    let left = try NewFile(beside)
    try left.file.append([9, 9])
    try left.keep()
    try NewFile.replace(path, with: [2, 3])
    #expect(scratch.names.count == 1)
    #expect(try UserFile.read(path, limit: 100) == [2, 3])
    // Another process is at it, and done after a while.
    let other = try NewFile(beside)
    #expect(try other.file.lock())
    try other.keep()
    let release = Thread {
      Pause.microseconds(100_000); other.file.unlock()
    }
    release.start()
    let start = ContinuousClock.now
    try NewFile.replace(path, with: [4])
    #expect(ContinuousClock.now - start >= .milliseconds(80))
    #expect(scratch.names.count == 1)
    #expect(try UserFile.read(path, limit: 100) == [4])
    // One that is never done: an error, and nothing has changed.
    let stuck = try NewFile(beside)
    #expect(try stuck.file.lock())
    try stuck.keep()
    #expect(throws: Errno.fileExists) { try NewFile.replace(path, with: [5]) }
    #expect(try UserFile.read(path, limit: 100) == [4])
    // What is no file is not a draft, and stays.
    try NewFile.remove(beside)
    #expect(mkfifo(beside.bytes.map { CChar(bitPattern: $0) } + [0], 0o600) == 0)
    #expect(throws: Errno.fileExists) { try NewFile.replace(path, with: [5]) }
    #expect(scratch.names.count == 2)
  }

  @Test("a time is kept to the nanosecond, also before 1677 and after 2262")
  func timestamps() {
    for (seconds, nanoseconds) in [(0, 0), (-1, 999_999_999), (13_569_465_600, 1), (-62_135_596_800, 5)]
      as [(Int64, UInt32)]
    {
      let time = Timestamp(seconds: seconds, nanoseconds: nanoseconds)
      if let exact = time.exactNanoseconds { #expect(Timestamp(nanosecondsSince1970: exact) == time) }
    }
    #expect(Timestamp(seconds: 13_569_465_600, nanoseconds: 0).exactNanoseconds == nil)
    #expect(Timestamp(seconds: 13_569_465_600, nanoseconds: 0).clampedNanoseconds == .max)
    #expect(Timestamp(nanosecondsSince1970: -1) == Timestamp(seconds: -1, nanoseconds: 999_999_999))
    #expect(Timestamp(seconds: 1, nanoseconds: 5) < Timestamp(seconds: 2, nanoseconds: 0))
  }

  @Test("what a file system keeps of a time is rounded down and held within its limits")
  func resolution() {
    let whole = TimeResolution(granularity: 1_000_000_000, earliest: -(1 << 31), latest: (1 << 31) - 1)
    #expect(whole.kept(Timestamp(seconds: 5, nanoseconds: 7)) == Timestamp(seconds: 5, nanoseconds: 0))
    #expect(
      whole.kept(Timestamp(seconds: 1 << 33, nanoseconds: 7)) == Timestamp(seconds: (1 << 31) - 1, nanoseconds: 0))
    #expect(
      whole.kept(Timestamp(seconds: -(1 << 33), nanoseconds: 7)) == Timestamp(seconds: -(1 << 31), nanoseconds: 0))
    let hundred = TimeResolution(granularity: 100, earliest: .min, latest: .max)
    #expect(hundred.kept(Timestamp(seconds: 5, nanoseconds: 789)) == Timestamp(seconds: 5, nanoseconds: 700))
    #expect(
      TimeResolution.exact.kept(Timestamp(seconds: 5, nanoseconds: 789)) == Timestamp(seconds: 5, nanoseconds: 789))
  }
}
