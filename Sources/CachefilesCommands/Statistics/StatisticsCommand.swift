// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

/// The part of `stats` that `du` and `demo` share.
enum StatisticsCommand {
  static func report(
    _ store: consuming Store, _ questions: StatisticsReport.Questions, _ options: ScanOptions,
    percentages: CullPercentages?, _ output: Output
  ) throws(Failure) -> StatisticsReport {
    let total = store.usedFiles
    do throws(StoreError) {
      let preparation = try StatisticsReport.prepare(store, questions, options, percentages: percentages)
      return ProgressLine(output).show(
        "scanning:", count: { preparation.scanner.progress.count }, atMost: total
      ) { preparation.run() }
    } catch {
      throw Failure(error.description)
    }
  }

  /// Ends a command with the status that a report calls for.
  static func finish(_ report: StatisticsReport) throws {
    if report.isInterrupted, let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if report.errors > 0 { throw ExitStatus.failure }
  }
}
