// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep
import LinuxIO

/// `cachefiles keep refresh`.
struct KeepRefresh: TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "refresh", abstract: "Pin the new files of pinned trees too.",
    discussion: """
      Looks at the trees again. Files that are gone are let go, but only where everything could be looked at: while a server does \
      not answer nothing is let go, and the exit status is 1. Lists of objects stay as they are.

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
    let chosen = try PinChoice.pins(of: try place.load(), paths, in: store)
    let pins = chosen.filter { $0.kind != .manifest }
    let failures = FailureLines()
    let maker = try PinMaker(options.mapping, failures)
    let answers = ProgressLine(output).show("files looked at:", count: { maker.count }) {
      pins.map { pin in Interruption.signal == nil ? maker.pin(pin.path) : PinMaker.Answer(pin: nil, isWhole: false) }
    }
    if let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    var refreshed: [Pin] = []
    try place.update(store) { list throws(Failure) in
      for index in list.pins.indices {
        guard let asked = pins.firstIndex(where: { $0.path == list.pins[index].path }),
          list.pins[index].kind != .manifest
        else { continue }
        list.pins[index] = Self.refreshed(list.pins[index], by: answers[asked])
        refreshed.append(list.pins[index])
      }
    }
    var view = PinListView(root: place.root, pins: refreshed, did: "pinned")
    // A list is what it was made from: there is no file of a mount to look at again.
    if chosen.count > pins.count {
      let lists = Quantity.count(chosen.count - pins.count, "list")
      view.nothing = "nothing to look at again"
      output.note("cachefiles: left as it was: \(lists)")
    }
    output.render(view, command: "keep")
    output.stream.flush()
    if failures.count > 0 { throw ExitStatus.failure }
  }

  /// A pin with what was found: in the place of what it had, or beside it where not everything could be looked at.
  private static func refreshed(_ old: Pin, by answer: PinMaker.Answer) -> Pin {
    guard var new = answer.pin else { return old }
    if answer.isWhole { return new }
    let found = Set(new.objects.map(\.path))
    new.kind = old.kind
    new.objects += old.objects.filter { !found.contains($0.path) }
    new.objects.sort { $0.path.lexicographicallyPrecedes($1.path) }
    return new
  }
}
