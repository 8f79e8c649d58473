// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep
import LinuxIO

/// `cachefiles keep add`.
struct KeepAdd: TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Pin files, trees, or a list of objects.",
    discussion: """
      A pin that is there already is made anew. What cannot be pinned is one line on stderr, with exit status 1; the rest is \
      pinned all the same.

      \(ExitStatus.table)
      """)
  static var many: WritableKeyPath<Self, [ByteArgument]> { \.paths }

  @OptionGroup var options: KeepOptions
  @OptionGroup var output: OutputOptions

  @Option(help: ArgumentHelp("Pin the objects whose paths, cache/I…/@xx/name, this file lists.", valueName: "file"))
  var from: [ByteArgument] = []

  @Argument(help: ArgumentHelp("Files and directories on mounts.", valueName: "path"), completion: .file())
  var paths: [ByteArgument] = []

  func validate() throws {
    if paths.isEmpty, from.isEmpty { throw ValidationError("a path or --from is needed") }
  }

  func run() throws {
    let output = Output(output)
    let store = try options.store()
    let place = try PinPlace(options.pins, of: store)
    // One that cannot be read is told before a long walk.
    _ = try place.load(mayBeMissing: true)
    var pins: [Pin] = []
    // What comes through a pipe has the name of others that came before it.
    var nameless: Set<[UInt8]> = []
    for list in from {
      let pin = try PinManifest.pin(list.bytes, in: store)
      if PinManifest.isNameless(pin.path) { nameless.insert(pin.path) }
      pins.append(pin)
    }
    let failures = FailureLines()
    if !paths.isEmpty {
      let maker = try PinMaker(options.mapping, failures)
      let absolute = try paths.map { try PinMaker.absolute($0.bytes) }
      pins += ProgressLine(output).show("files looked at:", count: { maker.count }) {
        absolute.compactMap { Interruption.signal == nil ? maker.pin($0).pin : nil }
      }
    }
    if let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if !pins.isEmpty {
      try place.update(store) { list throws(Failure) in
        for pin in pins { if nameless.contains(pin.path) { list.add(pin) } else { list.put(pin) } }
      }
    }
    output.render(PinListView(root: place.root, pins: pins, did: "pinned"), command: "keep")
    output.stream.flush()
    if failures.count > 0 { throw ExitStatus.failure }
  }
}
