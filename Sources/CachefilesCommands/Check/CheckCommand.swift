import ArgumentParser
import CachefilesCheck
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Running a check and printing it.
enum CheckCommand {
  /// Checks the directory, prints the report and gives the exit status.
  static func run(_ path: FilePath, _ options: CheckOptions, _ output: Output) -> Int32 {
    let lines = FindingLines(output)
    var options = options
    options.onFinding = { lines.add($0) }
    options.onFailure = { StandardError.line("cachefiles-fsck: \($0)") }
    let report: CheckReport
    do throws(OpeningFailure) {
      report = check(try Store(damaged: path), options, output)
    } catch {
      return missing(error, path, options.policy, output)
    }
    lines.flush()
    let view = CheckView(report: report)
    if let refusal = report.refusal {
      let hint = refusal == .inUse ? " (-p --live repairs what it can, with the kernel's leave)" : ""
      StandardError.line("cachefiles-fsck: \(EscapedBytes.string(report.root)): \(refusal)\(hint)")
      // Nothing was looked at, which is all that there is to say; a document says it, too.
      if output.format == .text, view.isRefusedUnseen { return report.exit }
    }
    output.render(view, command: "fsck")
    return report.exit | output.endStatus
  }

  private static func check(_ store: borrowing Store, _ options: CheckOptions, _ output: Output) -> CheckReport {
    let check = CacheCheck(options)
    let progress = ProgressLine(output)
    return progress.show("checking:", count: { check.progress.count }, atMost: store.usedFiles) { check.run(store) }
  }

  /// A root directory that is not there is a finding of its own, but nothing can be checked.
  private static func missing(
    _ failure: OpeningFailure, _ path: FilePath, _ policy: CheckPolicy, _ output: Output
  ) -> Int32 {
    StandardError.line("cachefiles-fsck: \(failure)")
    if output.format != .text {
      output.render(MissingView(failure: failure, path: path), command: "fsck")
      _ = output.endStatus
    }
    return CheckReport.ExitBits.operational
  }
}

extension Output {
  /// Writes what is buffered, and tells what the output adds to the exit status of `fsck`: that it could not be written.
  fileprivate var endStatus: Int32 {
    stream.flush()
    return stream.hasFailed ? CheckReport.ExitBits.operational : 0
  }
}

/// What JSON says of a directory that cannot be opened.
private struct MissingView: Renderable {
  let failure: OpeningFailure
  let path: FilePath

  func write(to json: inout JSONWriter) {
    json.bytes("root", path.bytes)
    json.null("generation")
    json.null("live")
    json.object("scanned") { CheckView.write(CheckReport.Scanned(), to: &$0) }
    var isMissing = false
    if case .unreadable(let error) = failure {
      isMissing = error.error == .noSuchFileOrDirectory || error.error == .notDirectory
    }
    json.array("problems") { json in
      guard isMissing else { return }
      json.object { json in
        json.text("id", ProblemID.r01.rawValue)
        json.text("severity", ProblemKind.of(.r01).severity.rawValue)
        json.bytes("path", path.bytes)
        json.text("message", failure.description)
        json.null("repair")
        json.bool("repaired", false)
      }
    }
    json.object("counts") { if isMissing { $0.number("R01", 1) } }
    json.text("error", failure.description)
    json.number("exit", CheckReport.ExitBits.operational)
  }

  func lines(_ style: Style, verbose: Bool) -> [String] { [] }
}

/// Taking a repair back.
enum UndoCommand {
  static func run(_ journal: FilePath, in options: StoreOptions, _ output: Output) throws {
    let report: Undo.Report
    do {
      let undo = try Undo(journal: journal)
      let store = try Store(damaged: options.directory == nil ? undo.root : options.path())
      report = undo.run(in: store) { StandardError.line("cachefiles-fsck: \($0)") }
    } catch let error as JournalFailure {
      throw Failure.ofFsck(error.description)
    } catch let error as OpeningFailure {
      throw Failure.ofFsck(error.description)
    } catch let error as Failure {
      throw Failure.ofFsck(error.description)
    }
    if let refusal = report.refusal {
      StandardError.line("cachefiles-fsck: \(EscapedBytes.string(report.root)): \(refusal)")
    }
    let view = UndoView(report: report)
    output.render(view, command: "fsck")
    let status = view.exit | output.endStatus
    if status != 0 { throw ExitCode(status) }
  }
}

/// What an undo did.
struct UndoView: Renderable {
  let report: Undo.Report

  /// The exit status of `fsck`: 0 when everything is back.
  var exit: Int32 {
    var status: Int32 = 0
    if report.errors > 0 || report.refusal != nil { status |= CheckReport.ExitBits.operational }
    if !report.lost.isEmpty { status |= CheckReport.ExitBits.left }
    if report.isInterrupted { status |= CheckReport.ExitBits.interrupted }
    return status
  }

  func write(to json: inout JSONWriter) {
    json.bytes("root", report.root)
    json.bytes("undone_journal", report.journal)
    json.number("restored", report.restored)
    json.number("untouched", report.untouched)
    json.array("lost") { json in for line in report.lost { json.text(nil, line) } }
    json.number("errors", report.errors)
    if let refusal = report.refusal { json.text("refusal", refusal.description) }
    json.number("exit", exit)
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    if report.refusal != nil, report.restored == 0 { return [] }
    var lines: [String] = []
    if !report.lost.isEmpty {
      lines.append(style.bad("cannot come back:"))
      let shown = verbose ? report.lost.count : 5
      lines += report.lost.prefix(shown).map { "  \($0)" }
      if report.lost.count > shown { lines.append("  … and \(report.lost.count - shown) more (--verbose lists all)") }
    }
    let steps = Quantity.count(report.restored, "step")
    let verdict = "\(EscapedBytes.string(report.root)): \(steps) taken back"
    let rest =
      (report.untouched > 0 ? ", \(Quantity.count(report.untouched)) not needed (never made, or back already)" : "")
      + (report.lost.isEmpty ? "" : ", \(Quantity.count(report.lost.count)) cannot come back")
      + (report.errors > 0 ? ", \(Quantity.count(report.errors, "error"))" : "")
    lines.append(report.lost.isEmpty && report.errors == 0 ? style.good(verdict) + rest : verdict + rest)
    return lines
  }
}
