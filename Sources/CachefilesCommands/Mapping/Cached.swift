// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO

/// `cachefiles cached`: how much of a file is in the cache?
struct Cached: TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "cached",
    abstract: "How much of mounted files is in the cache, and would the kernel use it?",
    discussion: """
      FILE is a file on a mounted network file system, or a directory, whose files are looked at; with -r also those \
      of all directories below it on the same mount, a line for each directory. What the object of a file holds is told \
      by its holes, and its record is compared with the file as the mount tells it.

        cached    all of the file
        partial   a part of it
        empty     an object without data
        absent    no object
        stale     a copy of an older file: the kernel throws it away at the next open
        dirty     a copy that is, or was, open for writing
        unknown   cannot be told; the reason says why

      Files are asked for their status and handle only. Nothing is read from them, and the cache stays as it is, its \
      access times included. Docs/Mapping.md says what can be known for each network file system.

      \(ExitStatus.table)
      With --min-share also 1 when less is cached.
      """)
  static var many: WritableKeyPath<Self, [ByteArgument]> { \.paths }

  @Flag(name: .shortAndLong, help: "Include all subdirectories.")
  var recursive = false

  @Flag(help: "Print only the paths of files that are not wholly cached.")
  var missing = false

  @Flag(help: "Print only the paths of files that are wholly cached.")
  var cached = false

  @Flag(name: [.customShort("0"), .customLong("null")], help: "End paths with a NUL byte, and print them as they are.")
  var null = false

  @Option(help: ArgumentHelp("Exit with status 1 if less than this share of all bytes is cached.", valueName: "n%"))
  var minShare: ShareArgument?

  @OptionGroup var mapping: MappingOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: ArgumentHelp("Files and directories on mounts.", valueName: "file"), completion: .file())
  var paths: [ByteArgument]

  func validate() throws {
    if missing && cached { throw ValidationError("--missing and --cached exclude each other") }
    if (missing || cached) && (output.json || output.jsonl) {
      throw ValidationError("--missing and --cached print plain paths, no JSON")
    }
    if null && !(missing || cached) { throw ValidationError("-0 goes with --missing or --cached") }
  }

  /// What the answers come to, by directory and in all.
  private static func sums(
    of answers: [CachedFileSurvey.Answer]
  ) -> (directories: [[UInt8]: CachedFileTotals], totals: CachedFileTotals) {
    var directories: [[UInt8]: CachedFileTotals] = [:]
    var totals = CachedFileTotals()
    for answer in answers {
      if let file = answer.file { totals.add(file) }
      for (directory, sum) in answer.directories {
        directories[directory, default: CachedFileTotals()].add(sum)
        totals.add(sum)
      }
    }
    return (directories, totals)
  }

  func run() throws {
    let output = Output(output)
    let failures = FailureLines()
    // A share is that of all.
    if recursive, minShare == nil { output.stream.endsWithReader { failures.count > 0 } }
    let side = try mapping.side(noting: output)
    let survey = CachedFileSurvey(
      side, try mapping.patience.source(), threads: mapping.patience.threadCount,
      timeout: mapping.patience.wait, failed: failures.add)
    let printer = CachedFilePrinter(output, root: side.path, form: form(output))
    let progress = ProgressLine(output)
    let paths = paths.map(\.bytes)
    let recursive = recursive
    do throws(StoreError) {
      try survey.prepare(paths, isRecursive: recursive)
    } catch {
      throw Failure(error.description)
    }
    let answers = progress.show("files looked at:", count: { survey.count }) {
      paths.map { path -> CachedFileSurvey.Answer in
        if Interruption.signal != nil { return CachedFileSurvey.Answer.nothing }
        let answer = survey.look(at: path, isRecursive: recursive) { printer.add($0) }
        if let file = answer.file { printer.add(file) }
        return answer
      }
    }
    for answer in answers where answer.isGivenUp { failures.note() }
    let (directories, totals) = Self.sums(of: answers)
    let view = CachedView(
      files: printer.kept, directories: recursive ? directories : [:], totals: totals, isTree: recursive,
      root: side.path)
    switch printer.form {
    case .document, .table, .tree: output.render(view, command: "cached")
    default: break
    }
    output.stream.flush()
    if let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if let minShare, totals.share < minShare.share {
      StandardError.line(
        "cachefiles: \(Quantity.percent(totals.share)) is cached, less than \(Quantity.percent(minShare.share))")
      throw ExitStatus.failure
    }
    if failures.count > 0 { throw ExitStatus.failure }
  }

  private func form(_ output: Output) -> CachedFilePrinter.Form {
    if missing { return .paths(isCached: false, isNull: null) }
    if cached { return .paths(isCached: true, isNull: null) }
    switch output.format {
    case .document: return .document
    case .lines: return .lines
    case .text: return recursive && !output.isVerbose ? .tree : .table
    }
  }
}
