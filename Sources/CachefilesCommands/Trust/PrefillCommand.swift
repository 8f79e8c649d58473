// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesTrust
import LinuxIO
import SystemPackage

/// `cachefiles prefill`: fills the cache on purpose.
struct PrefillCommand: TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "prefill",
    abstract: "Read files of a mount so that they are cached, as far as they are not yet.",
    discussion: """
      PATH is a file on a mounted network file system, or a directory, whose files are read; with -r also those of all \
      directories below it on the same mount. What is cached is left alone, so that a run that was ended is gone on with \
      by the next one; of a file that is cached in part the rest is read. Afterwards the kernel is waited for, and each \
      file is looked at again: what it did not store is said, and why.

      --from takes a list: one path a line, as 'cached --missing' prints it, or JSON lines that have it as 'path' or \
      'file'; with -0 a NUL ends each path.

      Nothing more is read when the culling would begin: the limits are those of the configuration, as 'stats' shows \
      them. --until-free sets another limit, --allow-culling none. To keep the files in the cache pin them with \
      'cachefiles keep' before.

      \(ExitStatus.table)
      Also 1 when a file is not cached whole in the end, but for a limit that was asked for.
      """)
  static var many: WritableKeyPath<Self, [ByteArgument]> { \.paths }

  @Flag(name: .shortAndLong, help: "Include all subdirectories.")
  var recursive = false

  @Option(
    help: ArgumentHelp("Read the files that this list names; '-' is standard input.", valueName: "file"),
    completion: .file())
  var from: [ByteArgument] = []

  @Flag(name: [.customShort("0"), .customLong("null")], help: "In the list a NUL byte ends each path.")
  var null = false

  @Flag(name: [.customShort("n"), .long], help: "Only show what would be read.")
  var dryRun = false

  @Option(help: ArgumentHelp("Read at most this much per second.", valueName: "size"))
  var rate: SizeArgument?

  @Option(help: ArgumentHelp("Read at most this much.", valueName: "size"))
  var maxBytes: SizeArgument?

  @Option(help: ArgumentHelp("Stop before less than this share of the cache's file system is free.", valueName: "n%"))
  var untilFree: ShareArgument?

  @Flag(help: "Go on when the culling begins.")
  var allowCulling = false

  @Option(help: ArgumentHelp("Wait for the kernel to store what was read for at most this long.", valueName: "time"))
  var wait = SpanArgument(seconds: 60)

  @OptionGroup var mapping: MappingOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: ArgumentHelp("Files and directories on mounts.", valueName: "path"), completion: .file())
  var paths: [ByteArgument] = []

  func validate() throws {
    if paths.isEmpty, from.isEmpty { throw ValidationError("a path or --from is needed") }
    if null, from.isEmpty { throw ValidationError("-0 goes with --from") }
    if allowCulling, untilFree != nil { throw ValidationError("--until-free and --allow-culling exclude each other") }
    if let rate, rate.bytes == 0 { throw ValidationError("--rate takes more than 0") }
  }

  func run() throws {
    let output = Output(output)
    let side = try mapping.side(noting: output)
    let paths = try allPaths(output)
    let printer = PrefillPrinter(output, root: side.path)
    let prefill = Prefill(side, try mapping.patience.source(), try options(side, printer))
    let report = try ProgressLine(output).show(Self.progress(prefill)) { () -> Result<PrefillReport, StoreError> in
      do throws(StoreError) { return .success(try prefill.run(paths, isRecursive: recursive)) } catch {
        return .failure(error)
      }
    }.mapError { Failure($0.description) }.get()
    printer.finish(report)
    if let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if !report.isDone || output.stream.hasFailed { throw ExitStatus.failure }
  }

  private func allPaths(_ output: Output) throws(Failure) -> [[UInt8]] {
    var all = paths.map(\.bytes)
    for list in from {
      let path: FilePath = list.bytes == [UInt8(ascii: "-")] ? "/dev/stdin" : FilePath(bytes: list.bytes)
      do throws(StoreError) {
        let read = try PathList(path, isNull: null)
        all += read.paths
        if read.nameless > 0 {
          output.note(
            "cachefiles: \(EscapedBytes.string(list.bytes)): \(Quantity.count(read.nameless, "line")) without a path")
        }
        if read.paths.isEmpty {
          throw StoreError(path: list.bytes, operation: "find a path in the list", error: .noData)
        }
      } catch {
        throw Failure(error.description)
      }
    }
    return all
  }

  private func options(_ side: CacheSide, _ printer: PrefillPrinter) throws(Failure) -> PrefillOptions {
    var options = PrefillOptions()
    options.threads = mapping.patience.threadCount
    options.timeout = mapping.patience.wait
    options.kernel = mapping.patience.kernel
    options.rate = rate?.bytes
    options.maximumBytes = maxBytes?.bytes
    options.settling = wait.duration
    options.isDryRun = dryRun
    options.onFile = printer.add
    options.onFailure = { StandardError.line("cachefiles: \($0)") }
    if allowCulling { return options }
    var store = StoreOptions()
    store.config = mapping.config
    let bound: RoomGuard.Bound = if let untilFree { .free(untilFree.share * 100) } else { .culling(try store.limits()) }
    do throws(StoreError) { options.room = try RoomGuard(side.store, bound) } catch { throw Failure(error.description) }
    return options
  }

  private static func progress(_ prefill: Prefill) -> @Sendable (Duration) -> String {
    { elapsed in
      if let waiting = prefill.waitingCount {
        return "the kernel stores what was read: \(Quantity.count(waiting, "file")) left"
      }
      let (done, total) = (prefill.readBytes, prefill.totalBytes)
      if done == 0 { return "files looked at: \(Quantity.count(prefill.listedCount))" }
      let rate = Double(done) / max(0.001, elapsed.inSeconds)
      var line = "read: \(Quantity.size(done)) of \(Quantity.size(total)) (\(Quantity.size(UInt64(rate)))/s)"
      if done < total { line += ", \(Quantity.span(.seconds(Double(total - done) / max(1, rate)))) left" }
      return line
    }
  }
}
