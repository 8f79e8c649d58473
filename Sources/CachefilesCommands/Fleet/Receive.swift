// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesUpkeep
import LinuxIO
import SystemPackage

/// `cachefiles receive`: objects from an archive.
struct Receive: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put the objects that 'send' writes into a cache; the archive comes from standard input.",
    discussion: """
      Each object appears whole or not at all, also when the stream breaks off: what had come by then is there, and the \
      same command takes the rest the next time. Nothing is overwritten: what is there already is left, the same objects \
      silently, different ones with a line each. Only an object that has a part of the same data gives way to the whole one.

      The stream has sums: what was damaged, cut out, or packed again by another tool is named and not taken.

      DIR may be missing (it is made), empty, or a cache directory, whose volumes are merged. It must not be in use.

      The stream is not trusted. Paths that lead elsewhere, links, devices, names in the wrong place, objects without a \
      sound record, and maps that are none are refused, a line each; of the attributes only the cache's own is taken. An \
      archive that another tool made is refused: a hole may have become zeros in it.

      --only-mounted takes only the volumes that this machine has mounted with caching now. NFS volume keys hold the \
      mount options: objects of others are never looked for.

      \(ExitStatus.table)
      """)

  @OptionGroup var store: StoreOptions

  @Flag(help: "Take only the volumes that this machine has mounted.")
  var onlyMounted = false

  @Option(
    help: ArgumentHelp("Take only the volumes whose key or description matches.", valueName: "glob"),
    completion: .custom(VolumeCompletion.keys))
  var volume: ByteArgument?

  @Flag(help: "Take dirty objects too: no kernel uses them, but 'extract' reads them.")
  var includeDirty = false

  @Option(
    help: ArgumentHelp("Read which volumes are mounted from this copy of /proc.", valueName: "dir"),
    completion: .directory)
  var proc: ByteArgument?

  @OptionGroup var scan: ScanArguments
  @OptionGroup var form: OutputOptions

  func run() throws {
    let output = Output(form)
    output.stream.endsOnFailure(false)
    if StandardStreams.isTerminal(0) {
      throw Failure("the archive comes from standard input, which is a terminal: pipe it from 'cachefiles send'")
    }
    let path = try store.path()
    let options = try options(output)
    let receive: CacheReceive
    let report: ReceiveReport
    do throws(CopyRefusal) {
      receive = try CacheReceive(into: path, options)
      let reader: PaxReader
      do throws(ArchiveFailure) { reader = try PaxReader(descriptor: 0) } catch {
        throw .unusable(path: Array("standard input".utf8), reason: "\(error)")
      }
      report = try Self.run(receive, reader, output)
    } catch {
      throw error.failure
    }
    if let stopped = report.stopped { StandardError.line("cachefiles: \(stopped)") }
    if let failure = report.streamFailure {
      StandardError.line("cachefiles: standard input: cannot go on: \(failure)")
    } else if !report.isWhole, !report.isInterrupted, report.stopped == nil, report.errors == 0 {
      StandardError.line("cachefiles: standard input: the stream ended before its last entry")
    }
    let isUnmatched = report.isWhole && report.chosenVolumes == 0 && (volume != nil || onlyMounted)
    if isUnmatched {
      let filter = [volume.map { "--volume \(EscapedBytes.quoted($0.bytes))" }, onlyMounted ? "--only-mounted" : nil]
      let words = filter.compactMap(\.self).joined(separator: " and ")
      StandardError.line("cachefiles: standard input: no volume of the stream matches \(words)")
    }
    output.render(ReceiveView(report: report, isUnmatched: isUnmatched), command: "receive")
    output.stream.flush()
    if report.isInterrupted, let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if report.stopped != nil { throw ExitStatus.stopped(hasDoneSomething: report.receivedObjects > 0) }
    if !report.isComplete || isUnmatched || output.stream.hasFailed { throw ExitStatus.failure }
  }

  private static func run(
    _ receive: CacheReceive, _ reader: PaxReader, _ output: Output
  ) throws(CopyRefusal) -> ReceiveReport {
    let result: Result<ReceiveReport, CopyRefusal> = ProgressLine(output).show(
      "receiving:", count: { receive.progress.count }
    ) {
      do throws(CopyRefusal) { return .success(try receive.run(reader)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  private func options(_ output: Output) throws(Failure) -> ReceiveOptions {
    var options = ReceiveOptions()
    if let threads = scan.threads { options.threads = threads }
    let (glob, mounted) = (volume.map { VolumeGlob($0.bytes) }, onlyMounted ? try mountedVolumes() : nil)
    if glob != nil || mounted != nil {
      options.volumes = { key in (glob?.matches(key) ?? true) && (mounted?.contains(key) ?? true) }
    }
    options.includesDirty = includeDirty
    options.onFailure = { StandardError.line("cachefiles: \($0)") }
    options.onNote = { path, words in
      StandardError.line("cachefiles: \(EscapedBytes.string(path)): note: \(words)")
    }
    options.onSkip = CopySkip.printer(output, "not taken")
    return options
  }

  /// The keys of the volumes that this machine has mounted. Where that cannot be told, or there is none, nothing is taken.
  private func mountedVolumes() throws(Failure) -> Set<[UInt8]> {
    let view = KernelView(directory: try ProcCopy.directory(proc))
    guard let volumes = view.volumes else {
      throw Failure(
        "which volumes are mounted cannot be told: there is no fs/fscache/volumes in "
          + EscapedBytes.string(view.directory.bytes))
    }
    guard !volumes.rows.isEmpty else {
      throw Failure("nothing is mounted with caching: --only-mounted would take nothing")
    }
    return Set(volumes.rows.map(\.key))
  }
}
