// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesStore
import CachefilesUpkeep
import LinuxIO

/// `cachefiles keep list`.
struct KeepList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Print what is pinned.",
    discussion: """
      With -v the objects too.

      \(ExitStatus.table)
      """)

  @OptionGroup var options: KeepOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let output = Output(output)
    let store = try options.store()
    let place = try PinPlace(options.pins, of: store)
    let list = try place.load()
    output.render(PinListView(root: place.root, pins: list?.pins ?? [], did: nil), command: "keep")
    output.stream.flush()
  }
}
