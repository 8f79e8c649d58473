// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// The percentages of cachefilesd's configuration, as the kernel reads and compares them, and the reading of the file.
@Suite("Limits of cachefilesd")
struct DaemonLimitTests {
  private func parse(_ lines: [String]) -> DaemonConfiguration {
    DaemonConfiguration(parsing: Array((["dir /c"] + lines).map { $0 + "\n" }.joined().utf8))
  }

  @Test(
    "A limit is digits, a per cent sign and nothing else",
    arguments: [
      "10", "10 %", "10%%", "10% ", "+10%", "-0%", "0x8%", "8.5%", "ten%", "", "100%", "18446744073709551624%",
      "\u{661}%",
    ])
  func badNumbers(value: String) {
    let configuration = parse(["brun \(value)"])
    #expect(configuration.defects.map(\.description) == ["line 2: brun needs a percentage below 100, such as '10%'"])
    #expect(configuration.percentages == CullPercentages())
  }

  @Test("Leading zeros count for nothing, and no digits at all are 0, as in the kernel")
  func oddNumbers() {
    #expect(parse(["brun 0010%"]).percentages.brun == 10)
    #expect(parse(["bstop %"]).percentages.bstop == 0)
    #expect(parse(["bstop %"]).defects.isEmpty)
    #expect(parse(["bstop 0%"]).percentages.bstop == 0)
    #expect(parse(["brun 99%"]).percentages.brun == 99)
  }

  @Test("Each limit is compared with its neighbours as they are then: run, cull, stop upwards; the other way downwards")
  func order() {
    #expect(parse(["brun 30%", "bcull 20%", "bstop 10%"]).defects.isEmpty)
    let wrong = parse(["bstop 10%", "bcull 20%", "brun 30%"])
    #expect(
      wrong.defects.map(\.description) == [
        "line 2: bstop 10% breaks stop < cull < run with the values set so far",
        "line 3: bcull 20% breaks stop < cull < run with the values set so far",
      ])
    #expect([wrong.percentages.brun, wrong.percentages.bcull, wrong.percentages.bstop] as [Int] == [30, 5, 1])
    #expect(parse(["bstop 0%", "bcull 1%", "brun 2%"]).defects.isEmpty)
    #expect(parse(["brun 2%", "bcull 1%", "bstop 0%"]).defects.count == 2)
  }

  @Test("Equal neighbours are refused", arguments: ["brun 5%", "bcull 7%", "bcull 1%", "bstop 5%"])
  func equalNeighbours(line: String) {
    #expect(parse([line]).defects.count == 1)
    #expect(parse([line.replacingOccurrences(of: "b", with: "f", options: .anchored)]).defects.count == 1)
  }

  @Test("Limits of blocks and of files do not touch each other")
  func apart() {
    let configuration = parse(["frun 50%", "fcull 40%", "fstop 30%"])
    #expect(configuration.defects.isEmpty)
    #expect(configuration.percentages.brun == 7)
    #expect(configuration.percentages.fstop == 30)
  }

  @Test("A later line changes an earlier limit")
  func again() {
    #expect(parse(["brun 10%", "brun 20%"]).percentages.brun == 20)
    #expect(parse(["brun 10%", "brun 20%"]).defects.isEmpty)
  }

  @Test("Random lines never end the reader, and every defect names a line that exists")
  func randomLines() {
    var random = Seeded(state: 20_261_121)
    let pieces = ["dir", "brun", "bstop", " ", "\t", "%", "10", "\n", "#", "\0", "/c", "nocull", "\r", "culltable"]
    for _ in 0..<3000 {
      let bytes = (0..<Int(random.next() % 24)).flatMap { _ in Array(pieces[Int(random.next() % 14)].utf8) }
      let configuration = DaemonConfiguration(parsing: bytes)
      let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false).count
      #expect(configuration.defects.allSatisfy { (0...lines).contains($0.line) })
      #expect(configuration.percentages.isValid)
      let isMissing = configuration.defects.contains { $0.message == "no 'dir' line" }
      #expect(isMissing == (configuration.directory == nil))
    }
  }

  @Test("A file is read; none is nil; what cannot be read is an error")
  func files() throws {
    let scratch = ScratchDirectory()
    try scratch.write("conf", Array("dir /c\n".utf8))
    try scratch.makeDirectory("directory")
    #expect(try DaemonConfiguration.read(scratch.path("conf"))?.directory == Array("/c".utf8))
    #expect(try DaemonConfiguration.read(scratch.path("nothing")) == nil)
    // A pipe is waited for until its writer is done with it.
    let fifo = "\(scratch.path)/fifo"
    #expect(mkfifo(fifo, 0o600) == 0)
    Thread.detachNewThread { try? Data("dir /p\n".utf8).write(to: URL(fileURLWithPath: fifo)) }
    #expect(try DaemonConfiguration.read(scratch.path("fifo"))?.directory == Array("/p".utf8))
    let path = scratch.path("directory")
    #expect(throws: StoreError(path: path.bytes, operation: "read", error: .isDirectory)) {
      _ = try DaemonConfiguration.read(path)
    }
    for call in [Syscall.open, .pread] {
      let plan = FaultPlan(failing: call, ordinal: 1, with: .ioError)
      #expect(throws: StoreError(path: scratch.path("conf").bytes, operation: "read", error: .ioError)) {
        _ = try plan.run { try DaemonConfiguration.read(scratch.path("conf")) }
      }
    }
    #expect(scratch.openDescriptors.isEmpty)
  }

  private struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
  }
}
