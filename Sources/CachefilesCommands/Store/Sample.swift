// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesCheck
import CachefilesFormat
import CachefilesSamples
import CachefilesStore
import LinuxIO
import SystemPackage

/// `cachefiles sample`: writes a cache directory to try things on.
struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Write a cache directory for trials, tests and benchmarks.",
    discussion: """
      Without --objects, a cache that a real kernel made is rebuilt: names, modes, lengths, holes, attributes and \
      times are those of the capture, the data bytes are filler. With --objects N, a synthetic cache of N objects is \
      made that looks like a real one; the same seed gives the same cache.

      DIR must not exist, or be empty. If anything fails, nothing is left behind.

      With --damage the sample gets something wrong for 'fsck' to find: one damage for each problem id that is named. \
      Problems that an ordinary directory cannot show (\(DamageArgument.impossible)) are refused; immutable flags \
      (O19, G03) take root.

      CAPTURES
      \(captures)

      \(ExitStatus.table)
      """)

  private static var captures: String {
    let style = Style(isOn: false, columns: 78)
    return CapturedCache.all.map { capture in
      let text = style.folded("Linux \(capture.kernel): \(capture.description)", indent: 16)
      return "  " + capture.name.padded(14) + text.joined(separator: "\n")
    }.joined(separator: "\n")
  }

  @Argument(help: ArgumentHelp("The directory to make.", valueName: "dir"), completion: .directory)
  var directory: ByteArgument

  @Option(
    help: ArgumentHelp("Which capture to rebuild.", valueName: "name"),
    completion: .list(CapturedCache.all.map(\.name)))
  var capture: String?

  @Option(help: ArgumentHelp("Make a synthetic cache of this many objects instead.", valueName: "n"))
  var objects: Int?

  @Option(help: ArgumentHelp("The seed of a synthetic cache (default: 1).", valueName: "number"))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "The most data an object of a synthetic cache gets; 0 makes files that are all hole (default: 16K).",
      valueName: "size"))
  var data: SizeArgument?

  @Option(help: ArgumentHelp("Damage it so that 'fsck' finds these problems: O06,V04, or all.", valueName: "ids"))
  var damage: DamageArgument?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if capture != nil, objects != nil { throw ValidationError("--capture and --objects exclude each other") }
    if objects == nil, seed != nil || data != nil { throw ValidationError("--seed and --data go with --objects") }
    if let objects, !(0...Self.mostObjects).contains(objects) {
      throw ValidationError("--objects must be between 0 and \(Self.mostObjects)")
    }
    if let capture, CapturedCache(named: capture) == nil {
      let names = CapturedCache.all.map(\.name).joined(separator: ", ")
      throw ValidationError("there is no capture '\(capture)'; there are \(names)")
    }
  }

  func run() throws {
    let output = Output(output)
    let path = FilePath(bytes: directory.bytes)
    let view: SampleView
    do throws(SampleFailure) {
      if let objects {
        let seed = seed ?? 1
        let cache = SyntheticCache(
          objects: objects, seed: seed, maximumData: Int64(clamping: data?.bytes ?? 16 << 10), now: Timestamp.now)
        let written = SampleProgress()
        let failure: SampleFailure? = ProgressLine(output).show("writing:", count: { written.count }, atMost: objects) {
          do throws(SampleFailure) {
            try cache.write(to: path) { written.set($0) }
            return nil
          } catch {
            return error
          }
        }
        if let failure { throw failure }
        view = self.view(.synthetic(seed: seed), objects)
      } else if let capture = CapturedCache(named: capture ?? Self.standardCapture) {
        view = self.view(.capture(capture), try CaptureWriter.write(capture, to: path))
      } else {
        preconditionFailure("validate() has refused it")
      }
      // As text it is a note, and the damage comes behind it.
      if output.format == .text { output.note(view.words) }
      if let damage { try Damage.apply(damage.damages, to: path, now: Timestamp.now) }
    } catch {
      if error == .interrupted, let signal = Interruption.signal { throw ExitStatus.signal(signal) }
      throw Failure(error.description)
    }
    if output.format != .text { output.render(view, command: "sample") }
    output.stream.flush()
  }

  private func view(_ origin: SampleView.Origin, _ objects: Int) -> SampleView {
    SampleView(
      root: directory.bytes, origin: origin, objects: objects, damages: damage?.damages.map(\.id.rawValue) ?? [])
  }

  /// More inodes than any file system of today has.
  private static let mostObjects = 10_000_000_000

  /// The capture that is rebuilt when none is named: its files can be read by whoever owns them.
  static let standardCapture = "6.12"
}
