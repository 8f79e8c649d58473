// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CachefilesCommands

@Suite("What the daemon wrote of itself")
struct DaemonStatusViewTests {
  private func lines(_ fields: [String: String]) -> [String] {
    DaemonStatusView(fields: fields, isRunning: true).lines(Style(isOn: false), verbose: false)
  }

  @Test(
    "numbers beyond all bounds are shown, not trapped on",
    arguments: ["9223372036854775808", "18446744073709551615", "-1", "x"])
  func numbers(text: String) {
    let names = [
      "culled_objects", "last_cull_objects", "last_cull_ended_ns", "pid", "available_bytes", "failures",
      "swept_entries",
    ]
    #expect(lines(Dictionary(uniqueKeysWithValues: names.map { ($0, text) })).count >= 4)
  }

  @Test(
    "it says whether it is about to cull, or leaves that to somebody else",
    arguments: [
      ("true", "true", "the kernel wants room; culling is off (nocull)"),
      ("true", "false", "the kernel wants room; about to cull"),
      ("false", "true", "nothing to cull"),
    ])
  func now(culling: String, off: String, words: String) {
    #expect(
      lines(["kernel_culling": culling, "culling_off": off, "activity": "idle"]).contains("  now         " + words))
  }
}
