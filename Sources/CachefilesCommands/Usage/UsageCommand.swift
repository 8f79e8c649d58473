// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// `cachefiles du`, also the program `cache-du`: what occupies the space.
struct UsageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "du",
    abstract: "What occupies the space: disk usage of a cache by volume, server, age, size and more.",
    discussion: """
      Adds up what the files of a cache occupy, with one parallel walk that changes nothing, access times included. \
      Works on a live cache. The allocated bytes of all groups together are those of 'du -s --block-size=1' of the \
      directory; a file with several names counts once, where the volume of the least key has it.

      --records tells how long the cached files are on their server, and CACHED how much of that is here: what is \
      allocated, or with --extents the data itself. --top N lists the largest and the least recently used objects, \
      with --extents those in most pieces too.

      --export ncdu writes the whole tree for 'ncdu -f FILE' or 'gdu -f FILE', with decoded names before the raw ones.

      --by path --search MOUNT walks once over a mounted tree and asks each file for its objects: what the directories \
      of the mount occupy in the cache. With --export ncdu the tree of the mount is written, to be browsed by its \
      paths. Objects that no file was found for are told by volume.

      \(ExitStatus.table)
      """)

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("Group by this.", valueName: "what"))
  var by: UsageGroups.Kind = .volume

  @Option(help: ArgumentHelp("List this many of the largest and of the least recently used objects.", valueName: "n"))
  var top: Int = 0

  @Flag(help: "Count file lengths instead of allocated space.")
  var apparent = false

  @Flag(help: "Also read the records: lengths of the files on their server, dirty objects.")
  var records = false

  @Flag(help: "Also find the runs of data; this opens every object.")
  var extents = false

  @Flag(help: "Print all groups, also on a terminal that has no room for them.")
  var all = false

  @Option(help: ArgumentHelp("Write the tree in another program's format: ncdu.", valueName: "format"))
  var export: ExportFormat?

  @OptionGroup var paths: PathOptions
  @OptionGroup var scan: ScanArguments
  @OptionGroup var output: OutputOptions

  /// The programs that a tree is written for.
  enum ExportFormat: String, CaseIterable, ExpressibleByArgument {
    case ncdu
  }

  func validate() throws {
    if top < 0 { throw ValidationError("--top must be 0 or greater") }
    if (by == .path) != !paths.search.isEmpty { throw ValidationError("--by path and --search go together") }
    if by != .path, paths.depth != nil { throw ValidationError("--depth goes with --by path") }
    if by != .path, paths.timeout != nil || paths.proc != nil {
      throw ValidationError("--timeout and --proc go with --by path")
    }
    if by == .path, records || extents || top > 0 {
      throw ValidationError("--by path excludes --records, --extents and --top")
    }
    if export != nil {
      if by == .path, paths.search.count > 1 { throw ValidationError("--export writes one tree: leave one --search") }
      if output.format != .text {
        throw ValidationError("--export has a format of its own; leave out --json and --jsonl")
      }
      if top > 0 || records || extents || apparent || ![.volume, .path].contains(by) {
        throw ValidationError("--export writes the whole tree; only --by path, --threads and the directory go with it")
      }
    }
  }

  func run() throws {
    let output = Output(output)
    if by == .path { return try runByPath(output) }
    let store = try store.open()
    if export != nil { return try writeTree(of: store, output) }
    UseNote.tellAccessTimes(store, output)
    var questions = StatisticsReport.Questions()
    questions.records = records
    questions.extents = extents
    questions.top = top
    let report = try StatisticsCommand.report(
      store, questions, scan.options(attributes: records), percentages: nil, output)
    let groups = UsageGroups(report, by: by, isApparent: apparent)
    output.render(UsageView(report: report, groups: groups, isApparent: apparent, hasAllGroups: all), command: "du")
    output.stream.flush()
    try StatisticsCommand.finish(report)
  }

  private func runByPath(_ output: Output) throws {
    let (usage, failures) = try paths.survey(try store.open(), threads: scan.threads, output)
    let report = try StatisticsCommand.report(
      try store.open(), StatisticsReport.Questions(), scan.options(attributes: false), percentages: nil, output)
    if export != nil, let tree = paths.trees.first {
      PathExport(report: report, usage: usage, tree: tree).write(Timestamp.now) { bytes in
        output.stream.append { $0 += bytes }
      }
    } else {
      let groups = UsageGroups(report, by: usage, below: paths.trees, levels: paths.depth ?? 1, isApparent: apparent)
      output.render(UsageView(report: report, groups: groups, isApparent: apparent, hasAllGroups: all), command: "du")
    }
    output.stream.flush()
    if let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if failures > 0 { throw ExitStatus.failure }
    try StatisticsCommand.finish(report)
  }

  private func writeTree(of store: borrowing Store, _ output: Output) throws {
    var options = scan.options(attributes: false)
    options.isLive = store.probeLiveness() == .live
    output.stream.endsWithReader()
    let shared = SharedOutput(output)
    let writer = NcduWriter(time: Timestamp.now)
    let walk = OrderedWalk(store, options, writer) { shared.write($0) }
    shared.write(writer.head())
    let errors: Int
    do throws(StoreError) { errors = try walk.run(store) } catch { throw Failure(error.description) }
    shared.write(writer.tail)
    output.stream.flush()
    if let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if errors > 0 { throw ExitStatus.failure }
  }
}
