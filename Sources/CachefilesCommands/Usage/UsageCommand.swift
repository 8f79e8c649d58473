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

      \(ExitStatus.table)
      """)

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("Divide it by this.", valueName: "what"))
  var by: UsageGroups.Kind = .volume

  @Option(help: ArgumentHelp("List so many objects: the largest, the least recently used.", valueName: "n"))
  var top: Int = 0

  @Flag(help: "Count lengths of files, not what is allocated.")
  var apparent = false

  @Flag(help: "Read the records too: lengths of the cached files on their server, dirty objects.")
  var records = false

  @Flag(help: "Find the runs of data too, which opens every object.")
  var extents = false

  @Option(help: ArgumentHelp("Write the tree in another program's format: ncdu.", valueName: "format"))
  var export: ExportFormat?

  @OptionGroup var scan: ScanArguments
  @OptionGroup var output: OutputOptions

  /// The programs that a tree is written for.
  enum ExportFormat: String, CaseIterable, ExpressibleByArgument {
    case ncdu
  }

  func validate() throws {
    if top < 0 { throw ValidationError("--top must be 0 or greater") }
    if export != nil {
      if output.format != .text {
        throw ValidationError("--export has a format of its own; leave out --json and --jsonl")
      }
      if top > 0 || records || extents || apparent || by != .volume {
        throw ValidationError("--export writes the whole tree; only --threads and the directory go with it")
      }
    }
  }

  func run() throws {
    let output = Output(output)
    let store = try store.open()
    if export != nil { return try writeTree(of: store, output) }
    var questions = StatisticsReport.Questions()
    questions.records = records
    questions.extents = extents
    questions.top = top
    let report = try StatisticsCommand.report(
      store, questions, scan.options(attributes: records), percentages: nil, output)
    let groups = UsageGroups(report, by: by, isApparent: apparent)
    output.render(UsageView(report: report, groups: groups, isApparent: apparent), command: "du")
    output.stream.flush()
    try StatisticsCommand.finish(report)
  }

  private func writeTree(of store: borrowing Store, _ output: Output) throws {
    var options = scan.options(attributes: false)
    options.isLive = store.probeLiveness() == .live
    let shared = SharedOutput(output)
    let writer = NcduWriter(time: Clock.now / 1_000_000_000)
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
