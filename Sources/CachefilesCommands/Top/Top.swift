// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

/// `cachefiles top`: what the kernel does with a cache, again and again.
struct Top: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top",
    abstract: "Watch a cache at work: hits, fills and culls a second, volumes and mounts.",
    discussion: """
      Shows what the kernel counts, and how fast; how much room there is; and the volumes in use, with the mounts that \
      use them. On a terminal the screen is drawn again every two seconds until Ctrl-C; elsewhere each look is printed \
      below the one before.

      The cache is not walked: a look costs the same whatever its size. The kernel counts for all caches of a machine \
      together. 'cachefiles stats --watch' walks, and tells what objects come and go.

      \(ExitStatus.table)
      """)

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("Look again at this interval.", valueName: "time"))
  var interval = SpanArgument(seconds: 2)

  @Option(help: ArgumentHelp("End after this many looks.", valueName: "n"))
  var count: Int?

  @Option(
    help: ArgumentHelp("Read what the kernel tells from this copy of /proc.", valueName: "dir"), completion: .directory)
  var proc: ByteArgument?

  @Flag(help: "Print all volumes, also on a terminal that has no room for them.")
  var all = false

  @OptionGroup var form: LineOutputOptions

  func validate() throws {
    if interval.seconds < 1 { throw ValidationError("--interval must be 1 second or more") }
    if let count, count < 1 { throw ValidationError("--count must be 1 or greater") }
  }

  func run() throws {
    let output = Output(form)
    output.stream.endsWithReader()
    let screen = Screen(output)
    defer { screen.close() }
    var before: TopLook?
    var looks = 0
    while true {
      let watch = Stopwatch()
      let look = try look(output)
      screen.draw(TopLookView(look: look, before: before, hasAllVolumes: all), output)
      if output.stream.hasFailed { break }
      before = look
      looks += 1
      if looks == count { break }
      while watch.elapsed < interval.duration, Interruption.signal == nil { Pause.microseconds(20_000) }
      if Interruption.signal != nil { break }
    }
    screen.close()
    // Ctrl-C is the way out of a screen.
    if let signal = Interruption.signal, !screen.isOpen { throw ExitStatus.signal(signal) }
  }

  private func look(_ output: Output) throws(Failure) -> TopLook {
    let directory = try ProcCopy.directory(proc)
    var questions = StatisticsReport.Questions()
    (questions.walks, questions.reachability) = (false, false)
    questions.kernel = (directory, proc != nil)
    let percentages = try store.configuration()?.percentages ?? CullPercentages()
    let report = try StatisticsCommand.report(
      try store.open(), questions, ScanOptions(), percentages: percentages, output)
    return TopLook(report: report, volumes: KernelView(directory: directory).volumes?.rows ?? [])
  }
}
