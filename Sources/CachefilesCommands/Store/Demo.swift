import ArgumentParser
import CachefilesFormat
import CachefilesStore
import Glibc
import LinuxIO
import SystemPackage

/// `cachefiles demo`: the main jobs on an embedded sample, in a temporary directory.
struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
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
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp"
    let path = FilePath("\(base)/cachefiles-demo-\(getpid())")
    do throws(SampleFailure) {
      try CaptureWriter.write(capture, to: path)
    } catch {
      throw Failure(error.description)
    }
    defer { CaptureWriter.remove(path) }
    if output.format == .text {
      output.stream.line(output.style.faint("# a cache that Linux \(capture.kernel) made: \(capture.description)"))
      output.stream.line(output.style.faint("$ cachefiles stats --records --extents \(path)"))
    }
    var questions = StatisticsReport.Questions()
    questions.records = true
    questions.extents = true
    let store: Store
    do throws(OpeningFailure) { store = try Store(path: path) } catch { throw Failure(error.description) }
    let options = ScanOptions(attributes: true) { StandardError.line("cachefiles: \($0)") }
    let report = try StatisticsCommand.report(store, questions, options, percentages: CullPercentages(), output)
    output.render(StatisticsView(report: report), command: "stats")
    try showOneObject(of: capture, below: path, output)
    output.stream.flush()
    if report.errors > 0 { throw ExitStatus.failure }
  }

  /// Shows an object that is cached in part: the largest of the least cached ones.
  private func showOneObject(of capture: CapturedCache, below root: FilePath, _ output: Output) throws {
    let entries = (try? capture.entries()) ?? []
    func share(_ entry: CapturedEntry) -> Double {
      Double(entry.data.reduce(0) { $0 + $1[1] }) / Double(max(1, entry.size))
    }
    let files = entries.filter { $0.kind == .file && !$0.data.isEmpty }
    guard let entry = files.min(by: { (share($0), $0.path) < (share($1), $1.path) }) else { return }
    let path = root.bytes.appending(component: Array(entry.path.utf8))
    if output.format == .text {
      output.stream.line()
      output.stream.line(output.style.faint("$ cachefiles show \(EscapedBytes.string(path))"))
    }
    do throws(StoreError) {
      output.render(ShowView(try Inspection(path: FilePath(bytes: path)), byteOrder: nil), command: "show")
    } catch {
      throw Failure(error.description)
    }
  }
}
