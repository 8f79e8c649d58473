// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep
import LinuxIO
import SystemPackage

/// `cachefiles copy`: a cache on another disk.
struct Copy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copy",
    abstract: "Copy a cache to another disk and keep its holes.",
    discussion: """
      Copies the volumes and objects of SOURCE to DESTINATION with exactly their data, holes, attributes, owners, modes \
      and times. Where the file system can, data is shared instead of copied. Each object appears whole or not at all.

      DESTINATION may be missing (it is made), empty, or a cache directory, whose volumes are merged. What is there \
      already is left: the same objects silently, so that a copy that ended early can be run again; different ones with \
      a line each. Nothing is ever overwritten.

      Neither cache may be in use. Left out, and named with --verbose: what no kernel would use (no regular file, no \
      readable record, a name in the wrong place), what is no part of a cache, and dirty objects unless --include-dirty. \
      The layout before Linux 5.17 is not copied.

      \(ExitStatus.table)
      """)

  @Argument(help: ArgumentHelp("The cache directory to copy.", valueName: "source"), completion: .directory)
  var source: ByteArgument

  @Argument(help: ArgumentHelp("The directory to copy it to.", valueName: "destination"), completion: .directory)
  var destination: ByteArgument

  @Option(
    help: ArgumentHelp("Copy only the volumes whose key or description matches.", valueName: "glob"),
    completion: .custom(VolumeCompletion.keys))
  var volume: ByteArgument?

  @Flag(help: "Compare both afterwards: records, lengths, times, holes and every byte; slow.")
  var verify = false

  @Flag(help: "Copy dirty objects too: no kernel uses them, but 'extract' reads them.")
  var includeDirty = false

  @OptionGroup var scan: ScanArguments
  @OptionGroup var output: OutputOptions

  func run() throws {
    let output = Output(output)
    output.stream.endsOnFailure(false)
    UseNote.tell(at: source.bytes, output)
    if let cache = try? Store(path: FilePath(bytes: source.bytes)) { try cache.requireVolume(matching: volume) }
    let copy: CacheCopy
    do throws(CopyRefusal) {
      copy = try CacheCopy(
        from: FilePath(bytes: source.bytes), to: FilePath(bytes: destination.bytes), options(output))
    } catch {
      throw error.failure
    }
    let report = ProgressLine(output).show("copying:", count: { copy.progress.count }) { copy.run() }
    if let stopped = report.stopped { StandardError.line("cachefiles: \(stopped)") }
    output.render(CopyView(report: report), command: "copy")
    output.stream.flush()
    tellOfPins(output)
    if report.isInterrupted, let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if report.stopped != nil {
      throw ExitStatus.stopped(hasDoneSomething: report.copiedObjects > 0 || report.directories > 0)
    }
    if !report.isComplete || output.stream.hasFailed { throw ExitStatus.failure }
  }

  /// Pins are of a directory by its path: what they keep there, a cull takes here.
  private func tellOfPins(_ output: Output) {
    guard let cache = try? Store(path: FilePath(bytes: source.bytes)),
      let pins = try? PinPlace.existing(nil, of: cache)?.load()
    else { return }
    let objects = pins.pins.reduce(0) { $0 + $1.objects.count }
    if objects == 0 { return }
    let (from, to) = (EscapedBytes.string(source.bytes), EscapedBytes.string(destination.bytes))
    output.note(
      "cachefiles: \(from): its pins (\(Quantity.count(objects, "object"))) are of this directory and keep nothing in \(to): "
        + "'cachefiles help move' tells how to pin the same there")
  }

  private func options(_ output: Output) -> CopyOptions {
    var options = CopyOptions()
    if let threads = scan.threads { options.threads = threads }
    if let volume { options.volumes = VolumeGlob(volume.bytes).matches }
    options.includesDirty = includeDirty
    options.verifies = verify
    options.onFailure = { StandardError.line("cachefiles: \($0)") }
    options.onNote = { path, words in
      StandardError.line("cachefiles: \(EscapedBytes.string(path)): note: \(words)")
    }
    options.onMismatch = { path, words in
      StandardError.line("cachefiles: \(EscapedBytes.string(path)): differs from the source: \(words)")
    }
    options.onSkip = CopySkip.printer(output, "not copied")
    return options
  }
}
