// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// `cachefiles ls`: the objects or volumes of a cache.
struct List: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "List the objects or the volumes of a cache.",
    discussion: """
      Prints one object a line: last use, allocated size, length, path below the cache directory, in the order in \
      which the scan comes across them, so that a list of any length needs no memory. --sort atime puts the least \
      recently used first, the order in which culling takes them.

      GLOB is matched against the volume key and against the volume's description as 'stats' prints it: '*' and '?' \
      stand for any bytes.

      \(ExitStatus.table)
      """)

  @OptionGroup var store: StoreOptions

  @Flag(help: "List the volumes instead.")
  var volumes = false

  @Option(help: ArgumentHelp("Only volumes that match.", valueName: "glob"), completion: .custom(VolumeCompletion.keys))
  var volume: ByteArgument?

  @Option(help: ArgumentHelp("Sort by atime, size or name; implied by --limit and --json: name.", valueName: "order"))
  var sort: ObjectListing.Order?

  @Option(help: ArgumentHelp("Print only the first N.", valueName: "n"))
  var limit: Int?

  @OptionGroup var scan: ScanArguments
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let limit, limit < 0 { throw ValidationError("--limit must be 0 or greater") }
  }

  func run() throws {
    let output = Output(output)
    let store = try store.open()
    UseNote.tell(store, output)
    var options = scan.options(attributes: false)
    options.onlyVolumes = volume != nil || volumes
    try store.requireVolume(matching: volume)
    if let volume { options.volumes = VolumeGlob(volume.bytes).matches }
    if volumes {
      try listVolumes(store, options, output)
    } else {
      try listObjects(store, options, output)
    }
  }

  private func listVolumes(_ store: consuming Store, _ options: ScanOptions, _ output: Output) throws {
    let matches = options.volumes
    var report = try StatisticsCommand.report(
      store, StatisticsReport.Questions(), options, percentages: CullPercentages(), output)
    report.volumes = report.volumes.filter { matches?($0.key) ?? true }
    switch sort ?? .name {
    case .size, .extents: break
    case .name: report.volumes.sort { $0.key.lexicographicallyPrecedes($1.key) }
    case .atime:
      report.volumes.sort { ($0.tally.newestAccess ?? .distantPast) < ($1.tally.newestAccess ?? .distantPast) }
    }
    if let limit { report.volumes = Array(report.volumes.prefix(limit)) }
    let points = report.liveness.isLive == true ? MountPoints(KernelView()) : MountPoints()
    output.render(
      report.volumes.map { VolumeLine(volume: $0, mountPoints: points[$0.key]) }, command: "ls", key: "volumes",
      apart: false, root: report.root,
      isComplete: Interruption.signal == nil)
    output.stream.flush()
    try finish(report.errors, isSorted: true)
  }

  private func listObjects(_ store: consuming Store, _ options: ScanOptions, _ output: Output) throws {
    var options = options
    if sort == .atime { UseNote.tellAccessTimes(store, output) }
    options.isLive = store.probeLiveness() == .live
    let (told, tell) = (FailureLines(), options.onFailure)
    options.onFailure = {
      told.note()
      tell($0)
    }
    // What is printed as the scan goes needs somebody who reads it.
    let isSorted = sort != nil || limit != nil || output.format == .document
    if !isSorted { output.stream.endsWithReader { told.count > 0 } }
    let (root, total) = (store.path, store.usedFiles)
    let scanner: Scanner
    do throws(StoreError) { scanner = try Scanner(store, options) } catch { throw Failure(error.description) }
    let failures = isSorted ? sortAndPrint(scanner, root, total, output) : print(scanner, root, output)
    output.stream.flush()
    try finish(failures, isSorted: isSorted)
  }

  private func print(_ scanner: Scanner, _ root: [UInt8], _ output: Output) -> Int {
    let shared = SharedOutput(output)
    let now = Timestamp.now
    // A progress line would be mixed with the list on a terminal.
    return scanner.run { ObjectPrinter(shared, root: root, now: now) }.summary.failures
  }

  private func sortAndPrint(_ scanner: Scanner, _ root: [UInt8], _ total: Int?, _ output: Output) -> Int {
    let (order, limit) = (sort ?? .name, limit)
    var (listing, summary) = ProgressLine(output).show("scanning:", count: { scanner.progress.count }, atMost: total) {
      scanner.run { ObjectListing(order: order, limit: limit) }
    }
    let now = Timestamp.now
    output.render(
      listing.finish().map { ObjectLine(item: $0, now: now) }, command: "ls", key: "objects", apart: false, root: root,
      isComplete: Interruption.signal == nil)
    return summary.failures
  }

  private func finish(_ failures: Int, isSorted: Bool) throws {
    if let signal = Interruption.signal {
      // One that is printed as the scan goes ends where it was interrupted; one that is sorted looks whole.
      if isSorted { StandardError.line("cachefiles: interrupted: the list is incomplete") }
      throw ExitStatus.signal(signal)
    }
    if failures > 0 { throw ExitStatus.failure }
  }
}

/// One volume of a listing.
private struct VolumeLine: Renderable {
  let volume: StatisticsReport.Volume
  let mountPoints: [[UInt8]]

  func write(to json: inout JSONWriter) {
    json.bytes("key", volume.key)
    json.text("type", volume.type.rawValue)
    json.text("summary", NetfsVolume(volumeKey: volume.key.span, byteOrder: .host).summary)
    json.number("objects", volume.tally.objects)
    json.number("disk_bytes", volume.tally.diskBytes)
    json.number("file_bytes", volume.tally.fileBytes)
    if let time = volume.tally.newestAccess { json.nanoseconds("newest_ns", time) }
    if !mountPoints.isEmpty {
      json.array("mount_points") { json in for place in mountPoints { json.bytes(nil, place) } }
    }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    let text = style.seen(
      EscapedBytes.string(volume.key)
        + (mountPoints.isEmpty ? "" : "  on " + mountPoints.map { EscapedBytes.string($0) }.joined(separator: ", ")))
    let figures =
      "\(Quantity.size(volume.tally.diskBytes).right(9))  \(Quantity.count(volume.tally.objects).right(9))  "
    let room = style.columns.map { max(20, $0 - figures.count) }
    return [figures + (room.map { Table.shortened(text, to: $0) } ?? text)]
  }
}

extension String {
  /// The text with blanks before it, up to a width.
  func right(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
