// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesHost

@Suite("cachefilesd's configuration, as its successor reads it")
struct SuccessorConfigurationTests {
  let scratch = ScratchDirectory()

  private func read(_ text: String) -> DaemonConfiguration { DaemonConfiguration(parsing: Array(text.utf8)) }

  private func commands(_ text: String) -> [String] {
    let configuration = read(text)
    return configuration.commands(configuration.meantDirectory ?? "/").map { String(decoding: $0.line, as: UTF8.self) }
  }

  @Test("Debian's own file gives the kernel what it says")
  func debian() {
    let text = "dir /var/cache/fscache\ntag mycache\nbrun 10%\nbcull 7%\nbstop 3%\nfrun 10%\nfcull 7%\nfstop 3%\n"
    #expect(read(text).defects.isEmpty)
    let given = commands(text)
    #expect(Array(given.prefix(2)) == ["dir /var/cache/fscache", "tag mycache"])
    #expect(
      Set(given.dropFirst(2)) == ["brun 10%", "bcull 7%", "bstop 3%", "frun 10%", "fcull 7%", "fstop 3%"])
  }

  @Test(
    "what only cachefilesd stumbles over is mended, and told",
    arguments: [
      ("dir /x", ["unterminated"]), ("  tag t\ndir /x\n", ["leading-blanks"]), ("dir /x \n", ["trailing-blanks"]),
      ("dir /x\nnocull\n", ["nocull"]), ("dir /x\nresume_thresholds 100 -\n", ["resume-thresholds"]),
      ("dir /x\nbstop 30%\nbcull 40%\nbrun 50%\n", ["limit-order", "limit-order"]),
    ])
  func mended(text: String, traps: [String]) {
    let configuration = read(text)
    #expect(configuration.fatalDefects.isEmpty)
    #expect(configuration.mendedDefects.map(\.trap.rawValue) == traps)
    #expect(configuration.meantDirectory == "/x")
  }

  @Test(
    "what cannot be meant stays an error",
    arguments: [
      "tag t\n", "dir \"/x\"\n", "dir /x # here\n", "dir /x\nbrun 5%\nbcull 5%\n", "dir /x\nresume_thresholds 5\n",
      "dir /x\nresume_thresholds a b\n", "dir /x\nculltable 99\n", "dir /x\nbind\n", "dir /x\nturbo on\n",
      "dir /x\ntag a/b\n", "dir /x\nbrun 100%\n", "dir /x\ndir /y\n", "dir /x\0\n",
    ])
  func fatal(text: String) { #expect(!read(text).fatalDefects.isEmpty) }

  @Test("limits hold in whatever order they stand")
  func order() {
    let configuration = read("dir /x\nbstop 30%\nbcull 40%\nbrun 50%\n")
    #expect(configuration.meantPercentages.brun == 50 && configuration.meantPercentages.bstop == 30)
    #expect(commands("dir /x\nbstop 30%\nbcull 40%\nbrun 50%\n") == ["dir /x", "brun 50%", "bcull 40%", "bstop 30%"])
  }

  @Test("a directory whose name ends with a blank is that one, where there is one")
  func blank() throws {
    try scratch.makeDirectory("cache ")
    #expect(read("dir \(scratch.path)/cache \n").meantDirectory == FilePath("\(scratch.path)/cache "))
    #expect(read("dir \(scratch.path)/other \n").meantDirectory == FilePath("\(scratch.path)/other"))
  }

  @Test("the daemon's own lines are kept")
  func own() throws {
    let configuration = read("dir /x\nculltable 14\nresume_thresholds - 7\ndebug 1\nsecctx u:r:t:s0\n")
    #expect(configuration.cullTable == 14)
    #expect(configuration.debugMask == Array("1".utf8))
    let thresholds = try #require(configuration.resumeThresholds)
    #expect(thresholds.files == 7 && thresholds.blocks == nil)
    #expect(!thresholds.areReached(files: 6, blocks: 1 << 40) && thresholds.areReached(files: 7, blocks: 0))
    #expect(
      configuration.commands("/x").map { String(decoding: $0.line, as: UTF8.self) } == [
        "dir /x", "secctx u:r:t:s0", "debug 1",
      ])
  }
}
