// SPDX-License-Identifier: Apache-2.0
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
    let lines = FindingLines(output, root: path.bytes)
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
  var endStatus: Int32 {
    stream.flush()
    return stream.hasFailed ? CheckReport.ExitBits.operational : 0
  }
}

/// What JSON says of a directory that cannot be opened.
private struct MissingView: Renderable {
  let failure: OpeningFailure
  let path: FilePath

  func write(to json: inout JSONWriter) {
    json.root(path.bytes)
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
