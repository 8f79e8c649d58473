// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CachefilesFormat

@Suite("What the kernel tells the daemon")
struct CacheStateLineTests {
  private func read(_ text: String) -> CacheStateLine? {
    let bytes = Array(text.utf8)
    return CacheStateLine(bytes.span)
  }

  @Test("a line of a running kernel is read")
  func line() throws {
    let line = try #require(
      read("cull=1 frun=1999 fcull=11eb fstop=7ad brun=6666 bcull=47ae bstop=1eb8 freleased=a breleased=1f0"))
    #expect(line.isCulling)
    #expect((line.limits.frun, line.limits.fcull, line.limits.fstop) == (0x1999, 0x11eb, 0x7ad))
    #expect((line.limits.brun, line.limits.bcull, line.limits.bstop) == (0x6666, 0x47ae, 0x1eb8))
    #expect((line.releasedFiles, line.releasedBlocks) == (10, 0x1f0))
  }

  @Test("kernels that do not count what was released are understood, and so is a newline")
  func old() throws {
    let line = try #require(read("cull=0 frun=1 fcull=0 fstop=0 brun=ffffffffffffffff bcull=0 bstop=0\n"))
    #expect(!line.isCulling && line.limits.brun == .max && line.releasedFiles == 0)
  }

  @Test(
    "what is none is no line",
    arguments: [
      "", "cull=0", "cull=0 frun= fcull=0 fstop=0 brun=0 bcull=0 bstop=0",
      "cull=0 frun=1 fcull=0 fstop=0 brun=x bcull=0 bstop=0",
      "cull=0 frun=1 fcull=0 fstop=0 brun=10000000000000000 bcull=0 bstop=0", "= = =",
    ])
  func broken(text: String) { #expect(read(text) == nil) }

  @Test("words that are not known do not matter")
  func unknown() { #expect(read("new=zz cull=0 frun=1 fcull=1 fstop=1 brun=1 bcull=1 bstop=1 =") != nil) }

  @Test("from any limits to any others there is a way that is valid all along")
  func steps() {
    var triples: [(Int, Int, Int)] = []
    for stop in 0..<6 { for cull in stop + 1..<7 { for run in cull + 1..<8 { triples.append((stop, cull, run)) } } }
    for from in triples {
      for to in triples {
        var (now, wanted) = (CullPercentages(), CullPercentages())
        (now.bstop, now.bcull, now.brun) = from
        (wanted.bstop, wanted.bcull, wanted.brun) = to
        (now.fstop, now.fcull, now.frun) = to
        (wanted.fstop, wanted.fcull, wanted.frun) = from
        let steps = now.steps(to: wanted)
        #expect(steps.count <= 6)
        for step in steps {
          now.set(step.name, to: step.value)
          #expect(now.isValid)
        }
        #expect(now == wanted)
      }
    }
  }

  @Test("there is no way to limits that the kernel refuses")
  func noWay() {
    var wanted = CullPercentages()
    wanted.brun = 3
    #expect(CullPercentages().steps(to: wanted).isEmpty)
  }
}
