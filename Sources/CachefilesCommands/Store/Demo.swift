// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesSamples
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

/// `cachefiles demo`: the main jobs on an embedded sample, in a temporary directory.
struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Show what the tools see, on a sample cache in a temporary directory.",
    discussion: """
      Rebuilds a cache that a real kernel made below $TMPDIR (else /var/tmp), prints its statistics and one object of \
      it, and removes it again.

      \(ExitStatus.table)
      """)

  @Option(help: ArgumentHelp("Which capture to show.", valueName: "name"))
  var capture: String = Sample.standardCapture

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if CapturedCache(named: capture) == nil {
      let names = CapturedCache.all.map(\.name).joined(separator: ", ")
      throw ValidationError("there is no capture '\(capture)'; there are \(names)")
    }
  }

  func run() throws {
    let output = Output(output)
    guard let capture = CapturedCache(named: capture) else { return }
    let view: DemoView
    do {
      let path = try Self.makeDirectory()
      // Gone before anything is printed: a closed pipe ends the program.
      defer { CaptureWriter.remove(path) }
      view = try Self.view(of: capture, in: path, output)
    }
    output.render(view, command: "demo")
    output.stream.flush()
    if view.report.isInterrupted, let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if view.report.errors > 0 { throw ExitStatus.failure }
  }

  /// A new directory that nobody else can have prepared.
  private static func makeDirectory() throws(Failure) -> FilePath {
    let base = Environment.path("TMPDIR") ?? "/var/tmp"
    do throws(Errno) {
      return try TemporaryDirectory.make(in: base, prefix: "cachefiles-demo-")
    } catch {
      throw Failure("\(EscapedBytes.string(base.bytes)): cannot make a directory: \(error)")
    }
  }

  private static func view(of capture: CapturedCache, in path: FilePath, _ output: Output) throws -> DemoView {
    do throws(SampleFailure) {
      try CaptureWriter.write(capture, to: path)
    } catch {
      if error == .interrupted, let signal = Interruption.signal { throw ExitStatus.signal(signal) }
      throw Failure(error.description)
    }
    var questions = StatisticsReport.Questions()
    questions.records = true
    questions.extents = true
    let store: Store
    do throws(OpeningFailure) { store = try Store(path: path) } catch { throw Failure(error.description) }
    let options = ScanOptions(attributes: true) { StandardError.line("cachefiles: \($0)") }
    let report = try StatisticsCommand.report(store, questions, options, percentages: CullPercentages(), output)
    do throws(StoreError) {
      let object = try object(of: capture, below: path).map { path throws(StoreError) in
        ShowView(try Inspection(path: FilePath(bytes: path)), byteOrder: nil)
      }
      return DemoView(capture: capture, path: path, report: report, object: object)
    } catch {
      throw Failure(error.description)
    }
  }

  /// An object that is cached in part: the one with the smallest share.
  private static func object(of capture: CapturedCache, below root: FilePath) -> [UInt8]? {
    let entries = (try? capture.entries()) ?? []
    func share(_ entry: CapturedEntry) -> Double {
      Double(entry.data.reduce(0) { $0 + $1[1] }) / Double(max(1, entry.size))
    }
    let files = entries.filter { $0.kind == .file && !$0.data.isEmpty }
    return files.min { (share($0), $0.path) < (share($1), $1.path) }
      .map { root.bytes.appending(component: Array($0.path.utf8)) }
  }
}

/// The demonstration: what `stats` and `show` print.
private struct DemoView: Renderable {
  let capture: CapturedCache
  let path: FilePath
  let report: StatisticsReport
  let object: ShowView?

  func write(to json: inout JSONWriter) {
    json.text("capture", capture.name)
    json.object("stats") { StatisticsView(report: report).write(to: &$0) }
    if let object { json.object("show") { object.write(to: &$0) } }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var lines = [
      style.faint("# a cache that Linux \(capture.kernel) made: \(capture.description)"),
      style.faint("$ cachefiles stats --records --extents \(path)"),
    ]
    lines += StatisticsView(report: report, isWhole: false).lines(style, verbose: verbose)
    guard let object else { return lines }
    lines += ["", style.faint("$ cachefiles show \(EscapedBytes.string(object.inspection.path))")]
    return lines + object.lines(style, verbose: verbose)
  }
}
