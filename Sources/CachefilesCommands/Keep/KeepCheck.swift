// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep
import LinuxIO

/// `cachefiles keep check`.
struct KeepCheck: TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "How much of what is pinned is in the cache?",
    discussion: """
      Looks whether the objects are there, are such as a kernel uses, and hold all data of their files; files are not \
      asked ('cachefiles cached' does that). The last block, which Linux 6.12 does not store, may be missing. With -v what is \
      missing or there in part is named. The exit status is 1 when something is.

      \(ExitStatus.table)
      """)
  static var many: WritableKeyPath<Self, [ByteArgument]> { \.paths }

  @OptionGroup var options: KeepOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: ArgumentHelp("Paths that are pinned; all without them.", valueName: "path"), completion: .file())
  var paths: [ByteArgument] = []

  func run() throws {
    let output = Output(output)
    let store = try options.store()
    let place = try PinPlace(options.pins, of: store)
    let pins = try PinChoice.pins(of: try place.load(), paths, in: store)
    let failures = FailureLines()
    var states: [PinState] = []
    do throws(StoreError) {
      for pin in pins { states.append(try PinState(pin.objects, in: store, failed: failures.add)) }
    } catch {
      throw Failure(error.description)
    }
    output.render(PinStateView(root: place.root, pins: pins, states: states), command: "keep")
    output.stream.flush()
    if failures.count > 0 || states.contains(where: { !$0.isComplete }) { throw ExitStatus.failure }
  }
}
