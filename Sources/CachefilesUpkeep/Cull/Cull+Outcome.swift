// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

extension Cull {
  /// Waits until what was removed is free. btrfs counts it as available only when the removal is on the disk; until then
  /// the kernel's culling, which asks the file system too, would go on after a bind although the goal holds. XFS frees in
  /// the background, moments later; others may use the space meanwhile, so that this waits for two seconds at most.
  func settle(_ report: Report) throws(StoreError) {
    let done = session.current.done
    guard !options.isDryRun, done.objects > 0 else { return }
    // A failure changes nothing but the number that is reported.
    try session.withStore { (store) throws(StoreError) in try? store.root.synchronizeFileSystem() }
    guard let before = report.availableBefore else { return }
    let isEnough = report.need.remaining(after: done).isNothing
    for _ in 0..<40 {
      guard let now = fileSystem() else { return }
      let isBack = now.availableBytes >= before &+ done.bytes - done.bytes / 16
      if isBack, !isEnough || options.goal.missing(now) == (0, 0) { return }
      Pause.microseconds(50_000)
    }
  }

  /// Compares what there is now with the goal: what the victims came to is not yet what the file system has.
  func judge(_ report: inout Report, _ terms: CullScope.Terms) throws(StoreError) {
    let status = fileSystem()
    report.availableAfter = status?.availableBytes
    guard report.isCounted else { return }
    let tally = session.current
    report.shortfall.need = report.need.remaining(after: tally.done)
    // What others freed meanwhile counts, and a margin is no goal.
    if !options.isDryRun, options.goal.isAboutSpaceAlone, let status, options.goal.missing(status) == (0, 0) {
      report.shortfall.need = CullSum()
    }
    if !options.isDryRun, report.shortfall.need.isNothing, let status {
      (report.shortfall.availableBytes, report.shortfall.freeFiles) = options.goal.missing(status)
    }
    try judgeAge(tally, &report.shortfall, terms)
    let (goal, shortfall) = (options.goal, report.shortfall)
    // Of these goals only a full count tells.
    let needsCount = goal.maximumBytes != nil || goal.maximumObjects != nil || goal.usedSince != nil
    let needsSpace = goal.availableBytes != nil || goal.freeFiles != nil
    report.isGoalMet =
      shortfall.need.isNothing && shortfall.availableBytes == 0 && shortfall.freeFiles == 0
      && shortfall.olderObjects == 0 && !(needsCount && shortfall.unreadEntries > 0)
      && !(needsSpace && (report.availableBefore == nil || status == nil))
  }

  /// How many objects are left that the goal wants gone for their age. Where more were counted than went, they are counted
  /// again: others may have used or removed them since.
  private func judgeAge(
    _ tally: CullTally, _ shortfall: inout CullShortfall, _ terms: CullScope.Terms
  ) throws(StoreError) {
    guard let moment = options.goal.usedSince else { return }
    shortfall.olderObjects = max(0, shortfall.olderObjects - tally.older)
    guard shortfall.olderObjects > 0, !options.isDryRun else { return }
    let errors = session.current.errors
    let left = try scan(nil) {
      HistogramVisitor(CullScope(terms, CullScope.Bounds(ranks: .max ... .max)), usedSince: moment)
    }
    if let left, session.current.errors == errors { shortfall.olderObjects = left.older }
  }
}
