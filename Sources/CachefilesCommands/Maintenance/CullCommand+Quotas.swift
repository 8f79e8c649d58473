// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import CachefilesUpkeep
import LinuxIO
import Synchronization

extension CullCommand {
  /// Culls for one quota after another: each is a goal of its own, about the volumes that it and the other filters select.
  ///
  /// - Parameter options: what holds for all of them.
  func runQuotas(
    _ opened: borrowing Store, _ options: CullOptions, _ pins: HeldPins, _ output: Output
  ) throws {
    if !allowUnmatched {
      for quota in quota { try opened.requireVolume(matching: ByteArgument(bytes: quota.glob), option: "--quota") }
    }
    try checkPatterns(options, output)
    let start = ContinuousClock.now
    var views: [CullView] = []
    // What one quota takes is no longer there for the next one, also where nothing is removed.
    let gone = Guarded<Set<[UInt8]>>([])
    for quota in quota {
      var options = options
      if dryRun, self.quota.count > 1 {
        let tell = options.onVictim
        options.onVictim = { victim in
          gone.withLock { _ = $0.insert(victim.path) }
          tell?(victim)
        }
        options.selection.isGone = { path in gone.withLock { $0.contains(path) } }
      }
      let (glob, others) = (VolumeGlob(quota.glob), options.selection.volumes)
      options.selection.volumes = { glob.matches($0) && (others?($0) ?? true) }
      options.goal.maximumBytes = quota.size.bytes
      options.onCount = { nil }
      if let limit = options.timeLimit { options.timeLimit = max(.zero, limit - (ContinuousClock.now - start)) }
      options.selection.pinned = try pins.read()
      let report = try run(options, opened, pins, output)
      if let refusal = report.refusal {
        StandardError.line(
          "cachefiles: \(EscapedBytes.string(report.root)): quota of \(EscapedBytes.string(quota.glob)): \(refusal)"
            + LiveHint.words(after: refusal, live: live))
      }
      views.append(CullView(report: report, goal: options.goal, isVerbose: output.isVerbose, quota: quota.glob))
      if report.isInterrupted || report.refusal?.isOccupied ?? false { break }
    }
    if views.contains(where: { $0.report.refusal == nil || $0.report.hasDoneSomething }) {
      output.render(views, command: "cull", key: "quotas", apart: false, root: views.first?.report.root)
    }
    output.stream.flush()
    try finish(views.map(\.report))
    if output.stream.hasFailed { throw ExitStatus.failure }
  }

  /// A pattern may match only what one of the quotas is about: all volumes are asked before anything goes.
  private func checkPatterns(_ options: CullOptions, _ output: Output) throws {
    guard protect != nil || !object.isEmpty else { return }
    var options = options
    options.isDryRun = true
    options.isLive = false
    options.onVictim = nil
    options.goal.maximumBytes = .max
    try tell(Cull(try store.open(), options).run(), output)
  }

  private func finish(_ reports: [Cull.Report]) throws {
    if reports.contains(where: \.isInterrupted), let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    let hasDoneSomething = reports.contains(where: \.hasDoneSomething)
    if let refusal = reports.compactMap(\.refusal).first {
      throw refusal.isOccupied ? ExitStatus.stopped(hasDoneSomething: hasDoneSomething) : ExitStatus.failure
    }
    for report in reports { try finish(report) }
  }
}
