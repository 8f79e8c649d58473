import ArgumentParser
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep
import LinuxIO
import SystemPackage

/// `cachefiles copy`: a cache on another disk.
struct Copy: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copy a cache to another disk without making data of its holes.",
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

  @Argument(help: ArgumentHelp("The cache directory to copy.", valueName: "source"))
  var source: ByteArgument

  @Argument(help: ArgumentHelp("The directory to copy it to.", valueName: "destination"))
  var destination: ByteArgument

  @Option(help: ArgumentHelp("Copy only the volumes whose key or description matches.", valueName: "glob"))
  var volume: ByteArgument?

  @Flag(help: "Compare both afterwards: records, lengths, times, holes and every byte; slow.")
  var verify = false

  @Flag(help: "Copy dirty objects too: no kernel uses them, but 'extract' reads them.")
  var includeDirty = false

  @OptionGroup var scan: ScanArguments
  @OptionGroup var output: OutputOptions

  func run() throws {
    let output = Output(output)
    output.stream.endsEarly(false)
    UseNote.tell(at: source.bytes, output)
    let copy: CacheCopy
    do throws(CopyRefusal) {
      copy = try CacheCopy(
        from: FilePath(bytes: source.bytes), to: FilePath(bytes: destination.bytes), options(output))
    } catch {
      throw refuse(error)
    }
    let report = ProgressLine(output).show("copying:", count: { copy.progress.count }) { copy.run() }
    if let stopped = report.stopped { StandardError.line("cachefiles: \(stopped)") }
    output.render(CopyView(report: report), command: "copy")
    output.stream.flush()
    if report.isInterrupted, let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if report.stopped != nil {
      throw ExitStatus.stopped(hasDoneSomething: report.copiedObjects > 0 || report.directories > 0)
    }
    if !report.isComplete || output.stream.hasFailed { throw ExitStatus.failure }
  }

  private func refuse(_ refusal: CopyRefusal) -> any Error {
    guard case .inUse = refusal else { return Failure(refusal.description) }
    StandardError.line("cachefiles: \(refusal)")
    return ExitStatus.live
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
    let (isVerbose, isQuiet) = (output.isVerbose, output.isQuiet)
    options.onSkip = { skip in
      let isWorthALine = skip.reason == .different || skip.reason == .changed
      guard isVerbose || (isWorthALine && !isQuiet) else { return }
      StandardError.line("cachefiles: \(EscapedBytes.string(skip.path)): not copied: \(skip.words)")
    }
    return options
  }
}

/// What was copied.
struct CopyView: Renderable {
  let report: CopyReport

  func write(to json: inout JSONWriter) {
    json.bytes("source", report.source)
    json.bytes("destination", report.destination)
    json.number("copied_objects", report.copiedObjects)
    json.number("copied_bytes", report.copiedBytes)
    json.number("dropped_bytes", report.droppedBytes)
    json.number("time_granularity_ns", report.timeGranularity)
    json.number("made_directories", report.directories)
    json.number("skipped", report.skippedObjects)
    json.object("skipped_reasons") { json in
      for reason in CopySkipReason.allCases {
        json.key(reason.rawValue)
        json.number(nil, report.skipped[reason] ?? 0)
      }
    }
    json.number("errors", report.errors)
    if let verified = report.verified { json.number("verified", verified) } else { json.null("verified") }
    json.number("mismatched", report.mismatched)
    json.bool("legacy_tree", report.hasLegacyTree)
    json.bool("complete", report.isComplete)
    json.number("duration_ns", report.duration)
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var lines: [String] = []
    let skipped = CopySkipReason.allCases.compactMap { reason in
      report.skipped[reason].flatMap { $0 > 0 ? "\(Quantity.count($0)) \(Self.words(for: reason))" : nil }
    }
    if !skipped.isEmpty {
      lines.append("  not copied: \(skipped.joined(separator: ", "))")
    }
    if report.droppedBytes > 0 {
      lines.append(
        style.warning(
          "  \(Quantity.size(report.droppedBytes)) left uncached: the destination's blocks are larger than the runs"))
    }
    if report.hasLegacyTree {
      lines.append(style.warning("  the tree of the layout before Linux 5.17 is not copied"))
    }
    if let verified = report.verified {
      let same = "  verified: \(Quantity.count(verified, "object")) the same, every byte"
      let bad = ", \(Quantity.count(report.mismatched)) not"
      lines.append(report.mismatched > 0 ? style.bad(same + bad) : style.good(same))
    }
    let word = report.isComplete ? style.good("complete") : style.bad("incomplete")
    var parts = [
      "\(Quantity.count(report.copiedObjects, "object")) copied", "\(Quantity.size(report.copiedBytes)) of data",
    ]
    if report.errors > 0 { parts.append("\(Quantity.count(report.errors)) failed") }
    return lines + [
      "\(EscapedBytes.string(report.destination)): \(word): \(parts.joined(separator: ", ")), "
        + Quantity.span(report.duration)
    ]
  }

  private static func words(for reason: CopySkipReason) -> String {
    switch reason {
    case .present: "already there"
    case .different: "where something else is"
    case .changed: "that changed meanwhile"
    case .dirty: "dirty"
    case .unsound: "unusable"
    case .volume: "in volumes left out"
    case .foreign: "not part of a cache"
    }
  }
}
