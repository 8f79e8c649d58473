// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesStore
import CachefilesUpkeep
import LinuxIO

/// `cachefiles keep remove`.
struct KeepRemove: TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Let go of pins.",
    discussion: """
      PATH is what 'keep list' prints: the path that was pinned, of a list its own. When one of several is not pinned, nothing is \
      changed.

      \(ExitStatus.table)
      """)
  static var many: WritableKeyPath<Self, [ByteArgument]> { \.paths }

  @OptionGroup var options: KeepOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Let go of all pins.")
  var all = false

  @Argument(help: ArgumentHelp("Paths that are pinned.", valueName: "path"), completion: .file())
  var paths: [ByteArgument] = []

  func validate() throws {
    if paths.isEmpty != all { throw ValidationError("a path or --all is needed, and not both") }
  }

  func run() throws {
    let output = Output(output)
    let store = try options.store()
    let place = try PinPlace(options.pins, of: store)
    let gone = try PinChoice.pins(of: try place.load(), paths, in: store)
    let names = Set(gone.map(\.path))
    try place.update(store) { list throws(Failure) in list.pins.removeAll { names.contains($0.path) } }
    output.render(PinListView(root: place.root, pins: gone, did: "let go"), command: "keep")
    output.stream.flush()
  }
}
