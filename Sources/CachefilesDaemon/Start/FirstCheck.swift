// SPDX-License-Identifier: Apache-2.0
import CachefilesCheck
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// The check before a cache is bound: what would stop it, or never be used, is mended as `fsck -p` does. Nothing that it finds keeps
/// the cache from being bound, which is no worse than without it.
struct FirstCheck {
  let path: FilePath
  let log: DaemonLog
  let sources: LivenessSources
  /// Where the journal goes.
  let journal: @Sendable () throws(SettingsFailure) -> FilePath
  /// Asked again and again: true ends it.
  var isCancelled: @Sendable () -> Bool = { false }
  /// It takes no longer than this: whoever waits for the cache waits for it too.
  var timeLimit = Duration.seconds(600)

  func run() {
    let store: Store
    do throws(OpeningFailure) { store = try Store(damaged: path) } catch {
      // A directory that no kernel has bound yet.
      return log.debug("not checked: \(error)")
    }
    let log = log
    var options = CheckOptions(now: Timestamp.now)
    options.policy.consent = .safe
    options.liveness = sources
    options.isCacheOfThisMachine = true
    options.onFailure = { log.failure($0) }
    let (isCancelled, watch, limit) = (isCancelled, Stopwatch(), timeLimit)
    options.isCancelled = { isCancelled() || watch.elapsed > limit }
    do throws(SettingsFailure) { options.journal = try journal() } catch { return log.warning("not checked: \(error)") }
    let report = CacheCheck(options).run(store)
    if let refusal = report.refusal { return log.warning("not checked: \(refusal)") }
    let problems = report.groups.filter { $0.severity > .note }
    let (count, mended) = problems.reduce((0, 0)) { ($0.0 + $1.count, $0.1 + $1.repaired) }
    if report.isInterrupted {
      log.warning("the check before the bind did not come to its end")
    }
    log.info(
      "checked before the bind in \(report.duration.clampedSeconds) s: \(mended) of \(count) problems mended")
  }
}
