// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep
import LinuxIO
import SystemPackage

/// `cachefiles send`: objects as an archive.
struct Send: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write objects of a cache to standard output, for 'receive' on another machine.",
    discussion: """
      Writes volumes and objects as a pax archive, whose map of each file is exactly the data of its object and whose \
      attributes are the cache's records: a neighbour is seeded without a byte from the server.

        cachefiles send --volume 'NFS*' | ssh node2 cachefiles receive --only-mounted

      GNU tar and bsdtar can list the archive and unpack it. Only 'receive' makes a cache of it, and it takes no archive \
      of another tool.

      The cache must not be in use; its access times do not move. Left out, and named with --verbose: what 'copy' leaves \
      out. An object that changes while it is sent ends the stream, if it is too large to be read first; no reader takes \
      it for whole.

      What was sent is told on stderr.

      \(ExitStatus.table)
      """)

  @OptionGroup var store: StoreOptions

  @Option(
    help: ArgumentHelp("Send only the volumes whose key or description matches.", valueName: "glob"),
    completion: .custom(VolumeCompletion.keys))
  var volume: ByteArgument?

  @Option(
    help: ArgumentHelp(
      "Send only the objects in this file, one path below the cache directory a line; - is standard input.",
      valueName: "list"),
    completion: .file())
  var from: ByteArgument?

  @Flag(help: "Send dirty objects too: no kernel uses them, but 'extract' reads them.")
  var includeDirty = false

  @OptionGroup var scan: ScanArguments
  @OptionGroup var form: OutputOptions

  func run() throws {
    let output = Output(form, descriptor: 2)
    if StandardStreams.isTerminal(1) {
      throw Failure("the archive goes to standard output, which is a terminal: pipe it to 'cachefiles receive'")
    }
    let path = try store.path()
    if let cache = try? Store(path: path) { try cache.requireVolume(matching: volume) }
    let options = try options(output)
    let send: CacheSend
    let writer: PaxWriter
    do throws(CopyRefusal) { send = try CacheSend(path, options) } catch { throw error.failure }
    do throws(ArchiveFailure) { writer = try PaxWriter(descriptor: 1) } catch { throw Failure("\(error)") }
    let report = ProgressLine(output).show("sending:", count: { send.progress.count }) { send.run(to: writer) }
    if let stopped = report.stopped { StandardError.line("cachefiles: \(stopped)") }
    if !output.isQuiet || output.format != .text { output.render(SendView(report: report), command: "send") }
    output.stream.flush()
    if report.isInterrupted, let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if report.stopped != nil { throw ExitStatus.stopped(hasDoneSomething: report.sentObjects > 0) }
    if !report.isComplete { throw ExitStatus.failure }
  }

  private func options(_ output: Output) throws(Failure) -> SendOptions {
    var options = SendOptions()
    if let threads = scan.threads { options.threads = threads }
    if let volume { options.volumes = VolumeGlob(volume.bytes).matches }
    if let from {
      let list = from.bytes == [UInt8(ascii: "-")] ? Array("/dev/stdin".utf8) : from.bytes
      options.objects = PinnedObjects(PinList(root: [], pins: [try PinManifest.pin(list, in: try store.open())]))
    }
    options.includesDirty = includeDirty
    options.onFailure = { StandardError.line("cachefiles: \($0)") }
    options.onSkip = CopySkip.printer(output, "not sent")
    return options
  }
}
