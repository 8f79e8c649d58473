// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

/// The options of `du --by path`: which mounted trees are walked over, and with which patience.
struct PathOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("With --by path: name objects by the files of this mounted tree.", valueName: "mount"),
    completion: .directory)
  var search: [ByteArgument] = []

  @Option(help: ArgumentHelp("With --by path: tell so many levels of directories apart (default: 1).", valueName: "n"))
  var depth: Int?

  @Option(
    help: ArgumentHelp(
      "With --by path: read the kernel's tables and the mounts from this copy of /proc.", valueName: "dir"),
    completion: .directory)
  var proc: ByteArgument?

  @Option(
    help: ArgumentHelp(
      "With --by path: give a tree up when its server says nothing for this long (default: 10s).", valueName: "time"))
  var timeout: SpanArgument?

  // For tests: what real kernels told of files, see RecordedFacts.
  @Option(help: .hidden)
  var facts: ByteArgument?

  func validate() throws {
    if let depth, !(0...1000).contains(depth) { throw ValidationError("--depth takes 0 to 1000") }
    if let timeout, !(1...86400).contains(timeout.seconds) {
      throw ValidationError("--timeout takes 1 to 86400 seconds")
    }
  }

  /// The trees without slashes at their ends.
  var trees: [[UInt8]] {
    search.map { tree in
      let end = tree.bytes.lastIndex { $0 != UInt8(ascii: "/") } ?? 0
      return Array(tree.bytes[...end])
    }
  }

  /// Walks over the trees. The count is that of failures.
  func survey(
    _ store: consuming Store, threads: Int?, _ output: Output
  ) throws(Failure) -> (usage: PathUsage, failures: Int) {
    var patience = PatienceOptions()
    patience.proc = proc
    patience.timeout = timeout ?? SpanArgument(seconds: 10)
    patience.threads = threads
    patience.facts = facts
    let survey: PathSurvey
    do throws(StoreError) {
      survey = PathSurvey(try CacheSide(store, patience.view), try source())
    } catch {
      throw Failure(error.description)
    }
    let failures = FailureLines()
    let (count, limit) = (patience.threadCount, patience.wait)
    for tree in trees where Interruption.signal == nil {
      _ = ProgressLine(output).show("files looked at:", count: { survey.count }) {
        survey.run(tree, threads: count, timeout: limit, failed: failures.add)
      }
    }
    return (survey.usage, failures.count)
  }

  private func source() throws(StoreError) -> any FileFactSource {
    guard let facts else { return SystemFacts() }
    return try RecordedFacts(FilePath(bytes: facts.bytes))
  }
}
