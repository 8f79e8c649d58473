// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesDaemon

@Suite("How much of the time a cull takes")
struct CullUrgencyTests {
  @Test(arguments: [0.01, 0.1, 0.5, 1])
  func `with room it is the least, half-way to the stop limit all, and it only grows`(least: Double) {
    for stop in UInt64(0)...12 {
      for cull in UInt64(0)...12 {
        var before = 1.0
        for available in UInt64(0)...16 {
          let share = CullUrgency.share(available, cull: cull, stop: stop, least: least)
          #expect((least...1).contains(share))
          #expect(share <= before, "\(available) \(cull) \(stop)")
          before = share
          if available >= cull { #expect(share == least) }
          if available < cull, available <= stop || available <= (stop + cull) / 2 { #expect(share == 1) }
        }
      }
    }
  }

  @Test func `the kind of room of which less is left counts`() throws {
    let line = Array("cull=1 frun=64 fcull=40 fstop=20 brun=64 bcull=40 bstop=20".utf8)
    guard let state = CacheStateLine(line.span) else { throw StartFailure("no line") }
    let scratch = ScratchDirectory()
    var status = try OwnedDescriptor(directory: FilePath(scratch.path)).fileSystem()
    func share(_ blocks: UInt64, _ files: UInt64, of all: UInt64 = 1000) -> Double {
      (status.availableBlocks, status.freeFiles, status.files) = (blocks, files, all)
      return CullUrgency.share(state, status, least: 0.1)
    }
    #expect(share(0x40, 0x40) == 0.1)
    #expect(share(0x30, 0x40) == 1)
    #expect(share(0x40, 0x30) == 1)
    #expect(abs(share(0x38, 0x40) - 0.55) < 1e-9)
    #expect(abs(share(0x3c, 0x38) - 0.55) < 1e-9)
    // A file system that counts no files.
    #expect(share(0x40, 0, of: 0) == 0.1)
  }

  @Test func `a minimum of the daemon's own that is more than the kernel's limit counts as that limit`() throws {
    let line = Array("cull=1 frun=64 fcull=40 fstop=20 brun=64 bcull=40 bstop=20".utf8)
    guard let state = CacheStateLine(line.span) else { throw StartFailure("no line") }
    let scratch = ScratchDirectory()
    var status = try OwnedDescriptor(directory: FilePath(scratch.path)).fileSystem()
    (status.blockSize, status.freeFiles, status.files) = (4096, 1000, 1000)
    func share(_ blocks: UInt64, minimum: UInt64) -> Double {
      status.availableBlocks = blocks
      return CullUrgency.share(state, status, minimumFree: minimum * 4096, least: 0.1)
    }
    #expect(share(0x60, minimum: 0x60) == 0.1)
    #expect(abs(share(0x50, minimum: 0x60) - 0.55) < 1e-9)
    #expect(share(0x40, minimum: 0x60) == 1)
    // Less than the kernel's limit changes nothing.
    #expect(share(0x40, minimum: 0x30) == 0.1)
    #expect(share(0x30, minimum: 0x30) == 1)
  }

  @Test func `a look at its own limits without an end takes twice as much from one interval to the next`() {
    func share(_ late: Duration, _ interval: Duration = .seconds(3600)) -> Double {
      CullUrgency.share(late: late, interval: interval, least: 0.02)
    }
    #expect(share(.zero) == 0.02)
    #expect(share(.seconds(3599)) == 0.02)
    #expect(share(.seconds(3600)) == 0.04)
    #expect(share(.seconds(4 * 3600)) == 0.32)
    #expect(share(.seconds(6 * 3600)) == 1)
    #expect(share(.seconds(1 << 40)) == 1)
    #expect(share(.seconds(-5)) == 0.02)
    #expect(share(.zero, .zero) == 0.02 && share(.seconds(9), .zero) == 0.02)
    #expect(share(.seconds(59), .seconds(60)) == 0.02)
    #expect(share(.seconds(60), .seconds(60)) == 0.04)
  }
}
