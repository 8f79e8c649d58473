// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import CachefilesUpkeep
import LinuxIO
import SystemPackage

/// `cachefiles manifest`: one row an object, for the engines that a fleet is asked with.
struct Manifest: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List every object as a row for a database: whose it is, how much is cached.",
    discussion: """
      Prints one row an object, in the order in which the scan comes across them, so that a cache of any size needs no \
      memory: JSON lines, or with --csv comma-separated values with the same columns. Works on a live cache and changes \
      nothing.

      The rows of many machines, one file each, are what Docs/Fleet.md asks questions of: which nodes have this data set, \
      what would this node miss. 'cachefiles where' asks the most frequent one.

      A cache keeps no paths. With --search the files below a directory of a mount are asked for their keys first, and \
      the rows of their objects have a path; that walk looks at each file once and keeps the paths of those that are \
      cached.

      The layout before Linux 5.17 has no rows.

      \(ExitStatus.table)
      """)

  @OptionGroup var store: StoreOptions

  @Option(
    help: ArgumentHelp(
      "Tell the paths of the files below this directory of a mount; can be repeated.", valueName: "mount"),
    completion: .directory)
  var search: [ByteArgument] = []

  @Option(help: ArgumentHelp("Only volumes that match.", valueName: "glob"), completion: .custom(VolumeCompletion.keys))
  var volume: ByteArgument?

  @Flag(help: "Print comma-separated values.")
  var csv = false

  @Option(help: ArgumentHelp("Write to this file, whole or not at all.", valueName: "file"), completion: .file())
  var output: ByteArgument?

  @Option(help: ArgumentHelp("Call this machine so.", valueName: "name"))
  var host: ByteArgument?

  @Option(
    help: ArgumentHelp("Take what is pinned from this file of 'cachefiles keep'.", valueName: "file"),
    completion: .file())
  var pins: ByteArgument?

  @Option(help: ArgumentHelp("The time of the rows.", valueName: "ns", visibility: .hidden))
  var now: Int64?

  @OptionGroup var patience: PatienceOptions
  @OptionGroup var form: LineOutputOptions

  func validate() throws {
    if let host, host.bytes.isEmpty { throw ValidationError("--host takes the name of a node; it is empty") }
    if csv, form.jsonl { throw ValidationError("--csv and --jsonl exclude each other") }
  }

  func run() throws {
    let output = Output(form)
    let store = try store.open()
    UseNote.tell(store, output)
    try store.requireVolume(matching: volume)
    let failures = FailureLines()
    let file = try self.output.map { path throws(Failure) in try Self.prepare(path, about: store) }
    let pinned = try pinned(in: store)
    let paths = try search.isEmpty ? nil : index(output, failures)
    if Interruption.signal == nil { try print(store, output, to: file, paths, pinned, failures) }
    if let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if failures.count > 0 || output.stream.hasFailed { throw ExitStatus.failure }
  }

  private static func prepare(_ path: ByteArgument, about store: borrowing Store) throws(Failure) -> ManifestFile {
    do throws(StoreError) {
      return ManifestFile(try ReportFile.prepare(FilePath(bytes: path.bytes), about: store).draft())
    } catch {
      throw Failure(error.description)
    }
  }

  private func pinned(in store: borrowing Store) throws(Failure) -> PinnedObjects? {
    guard let place = try PinPlace.existing(pins, of: store), let list = try place.load() else { return nil }
    return PinnedObjects(list)
  }

  /// The paths of the files below the mounts.
  private func index(_ output: Output, _ failures: FailureLines) throws(Failure) -> PathIndex {
    let opened = try store.open()
    let side: CacheSide
    do throws(StoreError) { side = try CacheSide(opened, patience.view) } catch { throw Failure(error.description) }
    let survey = CachedFileSurvey(
      side, try patience.source(), threads: patience.threadCount, timeout: patience.wait, failed: failures.add)
    // A fleet is asked for paths from anywhere.
    var mounts: [[UInt8]] = []
    for path in search { mounts.append(try PinMaker.absolute(path.bytes)) }
    let paths = PathIndex()
    ProgressLine(output).show("files looked at:", count: { survey.count }) {
      for mount in mounts where Interruption.signal == nil {
        let before = failures.count
        if !survey.places(of: mount, paths.add), failures.count == before { failures.note() }
      }
    }
    return paths
  }

  private func print(
    _ store: consuming Store, _ output: Output, to file: ManifestFile?, _ paths: PathIndex?, _ pinned: PinnedObjects?,
    _ failures: FailureLines
  ) throws(Failure) {
    var options = ScanOptions(threads: patience.threadCount, attributes: true, onlyVolumes: volume != nil) {
      failures.add($0)
    }
    if let volume { options.volumes = VolumeGlob(volume.bytes).matches }
    options.leavesOutGraveyard = true
    options.isLive = store.probeLiveness() == .live
    let row = ManifestRow(
      isCSV: csv, host: host?.bytes ?? MachineName.current,
      time: now.map { Timestamp(nanosecondsSince1970: $0) } ?? Timestamp.now)
    if file == nil { output.stream.endsWithReader { failures.count > 0 } }
    let shared = SharedOutput(output)
    let run = ManifestRun(
      row, to: file.map { .file($0) } ?? .output(shared), paths: paths, pinned: pinned, isLive: options.isLive, failures
    )
    options.isCancelled = { Interruption.signal != nil || run.hasFailed }
    let path = store.path
    let scanner: Scanner
    do throws(StoreError) { scanner = try Scanner(store, options) } catch { throw Failure(error.description) }
    if csv { run.write(ManifestRow.header) }
    if file == nil {
      _ = scanner.run { ManifestPrinter(run) }
    } else {
      ProgressLine(output).show("objects:", count: { scanner.progress.count }) {
        _ = scanner.run { ManifestPrinter(run) }
      }
    }
    if Interruption.signal == nil { run.finish() }
    output.stream.flush()
    let legacy = run.legacyCount
    if legacy > 0 {
      output.note(
        "cachefiles: \(EscapedBytes.string(path)): \(Quantity.count(legacy, "file")) of the layout before Linux 5.17 "
          + "left out")
    }
    // What was cut short is no list of a whole cache.
    if let file, Interruption.signal == nil {
      do throws(StoreError) { try file.keep() } catch { throw Failure(error.description) }
    }
  }
}
