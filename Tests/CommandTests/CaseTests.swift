// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Scripts that run the built program, compared with what was written down.
///
/// A case is a directory `Cases/<name>` with a script `cmd` and the expected `stdout`, `stderr` and `exit` (``GoldenCase``). With
/// `UPDATE_CASES` in the environment the expectations are written instead, by root; read what was written before committing it.
@Suite("Cases")
struct CaseTests {
  @Test("Case", arguments: GoldenCase.needing())
  func run(golden: GoldenCase) throws { try golden.check() }

  @Test(
    "Case that needs root", .enabled(if: geteuid() == 0, "needs root"), arguments: GoldenCase.needing(.root))
  func runAsRoot(golden: GoldenCase) throws { try golden.check() }

  @Test(
    "Case that drops its privileges",
    .enabled(if: GoldenCase.canBecomeNobody, "needs root, and programs that all may run"),
    arguments: GoldenCase.needing(.nobody))
  func runAsNobody(golden: GoldenCase) throws { try golden.check() }

  @Test(
    "Case in which directories occupy space",
    .enabled(
      if: GoldenCase.hasBlocks, "directories occupy no block on this file system, and an image cannot be mounted"),
    arguments: GoldenCase.needing(.blocks))
  func runWithBlocks(golden: GoldenCase) throws { try golden.check() }

  @Test(
    "Case that needs root, and in which directories occupy space",
    .enabled(if: geteuid() == 0 && GoldenCase.hasBlocks, "needs root, and directories that occupy a block"),
    arguments: GoldenCase.needing(.root, .blocks))
  func runAsRootWithBlocks(golden: GoldenCase) throws { try golden.check() }

  @Test("Every case has its expectations, and nothing else lies there")
  func completeness() throws {
    #expect(GoldenCase.all.count > 40)
    for golden in GoldenCase.all {
      let names = try FileManager.default.contentsOfDirectory(atPath: golden.directory.path).sorted()
      #expect(names == ["cmd", "exit", "stderr", "stdout"], "\(golden)")
    }
    let run =
      GoldenCase.needing() + GoldenCase.needing(.root) + GoldenCase.needing(.nobody) + GoldenCase.needing(.blocks)
      + GoldenCase.needing(.root, .blocks)
    #expect(run.map(\.name).sorted() == GoldenCase.all.map(\.name).sorted())
  }
}
