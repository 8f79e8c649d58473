// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Commands that read a cache change nothing of it: no time of any kind, no attribute, no length, no name.
@Suite("Reading leaves no trace")
struct UntouchedTests {
  let scratch = ScratchDirectory()
  private var root: String { "\(scratch.path)/c" }

  /// Whether reading a file moves its access time here; without that these tests could not fail.
  static let accessTimesMove: Bool = {
    let scratch = ScratchDirectory()
    guard let file = try? scratch.write("file", [1, 2, 3]) else { return false }
    _ = try? Command.run("/usr/bin/touch", ["-d", "@1000000000", file])
    let before = NaiveWalk.entries(scratch.path)
    _ = try? Command.run("/usr/bin/cat", [file])
    return NaiveWalk.entries(scratch.path) != before
  }()

  /// A captured cache and things that do not belong there, last used long before they were last written.
  private func make() throws -> [WalkedEntry] {
    let made = try Command.cachefiles(["sample", "--quiet", root])
    #expect(made.status == 0)
    try scratch.write("c/graveyard/6b00e87700000001/deep/file", [1])
    try scratch.write("c/stray", [1])
    try FileManager.default.createSymbolicLink(atPath: "\(root)/cache/Ilink", withDestinationPath: "..")
    try scratch.makeDirectory("c/cache/@4a/I03nfs/@30")
    try scratch.write("c/cache/@4a/I03nfs/@30/Jx", [1])
    let touched = try Command.run(
      "/usr/bin/find", [root, "-exec", "touch", "-h", "-a", "-d", "@1000000000", "{}", "+"])
    #expect(touched.status == 0)
    // The file system allocates late, and a copy makes it write everything: how much is allocated must be settled.
    _ = try Command.run("/usr/bin/sync", ["-f", root])
    let entries = NaiveWalk.entries(root)
    #expect(entries.allSatisfy { $0.accessTime == 1_000_000_000_000_000_000 })
    #expect(entries.count > 200)
    return entries
  }

  @Test(
    "Every command that reads a cache leaves every entry as it was",
    .enabled(if: accessTimesMove, "reading moves no access time here"))
  func nothingChanges() throws {
    let before = try make()
    let objects = before.filter { $0.isRegular && $0.components.count == 4 }.prefix(3)
    let paths = objects.map { "\(root)/" + String(decoding: $0.path, as: UTF8.self) }
    let volume = "\(root)/cache/I9p,p9src,hosttag"
    let others = [
      root, "\(root)/cache", volume, "\(volume)/@28", "\(root)/graveyard", "\(root)/stray", "\(root)/cache/Ilink",
      "\(root)/cache/@4a/I03nfs/@30/Jx", "\(root)/graveyard/6b00e87700000001",
    ]
    let commands: [[String]] = [
      ["stats", root], ["stats", "--records", "--extents", "--json", root], ["stats", "--threads", "1", root],
      ["ls", root], ["ls", "--volumes", root], ["ls", "--sort", "atime", "--json", root],
      ["ls", "--volume", "*", "--jsonl", root], ["show"] + paths + others, ["show", "--json"] + paths + others,
      ["doctor", root], ["doctor", "--json", root], ["decode"] + paths,
      ["copy", "--verify", root, "\(scratch.path)/copy"],
    ]
    for command in commands {
      let result = try Command.cachefiles(command)
      // Where nothing is bound the doctor's answer is critical.
      #expect([0, 1, command[0] == "doctor" ? 2 : 0].contains(result.status), "\(command): \(result.errorText)")
      #expect(!result.output.isEmpty, "\(command)")
      let after = NaiveWalk.entries(root)
      #expect(after == before, "\(command) changes something")
    }
  }
}
