// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesCheck
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

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
