// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import CachefilesUpkeep
import LinuxIO

extension CullCommand {
  /// Culls. Where other objects are pinned meanwhile it begins anew with those, as the daemon does; pins that cannot be read any more end
  /// it.
  func run(
    _ options: CullOptions, _ opened: borrowing Store, _ pins: HeldPins, _ output: Output
  ) throws -> Cull.Report {
    var options = options
    let start = ContinuousClock.now
    var before: Cull.Report?
    while true {
      var current = options
      current.pins = pins.watch(over: options.selection.pinned)
      if let limit = options.timeLimit { current.timeLimit = max(.zero, limit - (ContinuousClock.now - start)) }
      var report = show(Cull(try opened.copy(), current), output)
      if let before { report.follow(before) }
      guard report.refusal == .otherPins, !report.isInterrupted else { return report }
      do throws(Failure) { options.selection.pinned = try pins.read() } catch {
        report.refusal = .unmet(error.description)
        return report
      }
      // Its own list was looked at before anything went.
      options.onCount = { nil }
      if report.hasDoneSomething {
        options.unreachable = { "stopped where other objects were pinned: " + Self.unreachable($0, $1, $2) }
      }
      before = report
    }
  }
}

extension Cull.Report {
  /// Adds what an earlier part of the same work came to.
  mutating func follow(_ earlier: Cull.Report) {
    need = earlier.need
    plan.sum += earlier.done
    plan.oldest = [plan.oldest, earlier.removedOldest].compactMap { $0 }.min()
    plan.newest = [plan.newest, earlier.removedNewest].compactMap { $0 }.max()
    done += earlier.done
    removedOldest = [removedOldest, earlier.removedOldest].compactMap { $0 }.min()
    removedNewest = [removedNewest, earlier.removedNewest].compactMap { $0 }.max()
    skipped += earlier.skipped
    errors += earlier.errors
    prunedDirectories += earlier.prunedDirectories
    availableBefore = earlier.availableBefore
  }
}
