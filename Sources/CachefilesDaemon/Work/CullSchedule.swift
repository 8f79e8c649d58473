// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesSurvey
import CachefilesUpkeep
import LinuxIO

/// When to cull, and how far: what the kernel said last, and what came of the last cull. Pure.
///
/// A cull is due for as long as the kernel asks for one. Where nothing can go the next try waits for a change: objects that the
/// kernel lets go of, or time, which is doubled from one fruitless try to the next.
struct CullSchedule: Sendable {
  /// Moments, which tests make up.
  typealias Moment = ContinuousClock.Instant

  /// How much the kernel has to let go of before there is another try.
  var thresholds = ResumeThresholds()
  /// What the daemon itself wants available, in bytes.
  var minimumFree: UInt64 = 0
  /// So much further a cull goes than it has to, in bytes.
  var margin: UInt64 = 0
  /// Whether culls are left to somebody else.
  var isOff = false

  private(set) var state: CacheStateLine?
  private(set) var fileSystem: FileSystemStatus?
  /// Since when nothing can go; nil where that is not so.
  private(set) var isStuck = false
  private var releasedFiles: UInt64 = 0
  private var releasedBlocks: UInt64 = 0
  private var retry: Moment?
  private var patience = Self.firstPatience
  /// Since when the limits of its own are being looked at; nil when they are not.
  private var limitsBegun: Moment?
  /// What the kernel holds back beyond what the file system says: blocks that are being written.
  private var slack: UInt64 = 0

  static let firstPatience = Duration.seconds(30)
  static let lastPatience = Duration.seconds(900)

  /// Takes note of what the kernel says.
  mutating func note(_ state: CacheStateLine, _ fileSystem: FileSystemStatus?) {
    self.state = state
    if let fileSystem { self.fileSystem = fileSystem }
    releasedFiles = releasedFiles.addingReportingOverflow(state.releasedFiles).partialValue
    releasedBlocks = releasedBlocks.addingReportingOverflow(state.releasedBlocks).partialValue
    if !wantsRoom { calm() }
  }

  private mutating func calm() {
    isStuck = false
    retry = nil
    patience = Self.firstPatience
    slack = 0
  }

  /// Whether there is less room than there should be.
  var wantsRoom: Bool { state?.isCulling ?? false || isBelowMinimum }

  private var isBelowMinimum: Bool {
    guard minimumFree > 0, let fileSystem else { return false }
    return fileSystem.availableBytes < minimumFree
  }

  /// Whether the cache is past the limit at which nothing is stored any more: then a scan does not spare the processor.
  var isPastStop: Bool {
    guard let state, let fileSystem else { return false }
    let lacksFiles = fileSystem.files > 0 && fileSystem.freeFiles < state.limits.fstop
    return fileSystem.availableBlocks < state.limits.bstop || lacksFiles
  }

  /// The part of the time that a cull may take now.
  ///
  /// - Parameters:
  ///   - least: the part where there is room.
  ///   - interval: the time between two looks at the limits of its own.
  func share(least: Double, at now: Moment, interval: Duration) -> Double {
    let late = limitsBegun.map { CullUrgency.share(late: now - $0, interval: interval, least: least) } ?? least
    guard let state, let fileSystem else { return late }
    return max(late, CullUrgency.share(state, fileSystem, minimumFree: minimumFree, least: least))
  }

  /// Takes note that the limits of its own are to be looked at, unless they are being looked at already.
  mutating func noteLimitsBegin(at now: Moment) { limitsBegun = limitsBegun ?? now }

  /// Takes note that all of these limits have been looked at.
  mutating func noteLimitsEnd() { limitsBegun = nil }

  /// Whether less is left than the point at which culling ends, so that a cull may be asked for before long.
  var isNearCulling: Bool {
    guard let state, let fileSystem else { return false }
    let lacksFiles = fileSystem.files > 0 && fileSystem.freeFiles < state.limits.frun
    return fileSystem.availableBlocks < state.limits.brun || lacksFiles
  }

  /// Whether a cull is to begin.
  func isDue(at now: Moment) -> Bool {
    guard !isOff, wantsRoom else { return false }
    guard let retry else { return true }
    return now >= retry || isStuck && thresholds.areReached(files: releasedFiles, blocks: releasedBlocks)
  }

  /// When to ask again, where that depends on time alone.
  var nextMoment: Moment? { isOff || !wantsRoom ? nil : retry }

  /// How far the next cull goes.
  var goal: CullGoal {
    var goal = CullGoal()
    guard let fileSystem else { return goal }
    var wanted = minimumFree
    if let state, state.isCulling {
      wanted = max(wanted, state.limits.brun.multipliedReportingOverflow(by: fileSystem.blockSize).partialValue)
      if fileSystem.files > 0 { goal.freeFiles = state.limits.frun &+ (slack > 0 ? 64 : 0) }
    }
    let whole = fileSystem.blocks &* fileSystem.blockSize
    goal.availableBytes = min(whole, wanted &+ margin &+ slack)
    return goal
  }

  /// Begins anew: what stood in the way may be gone.
  mutating func startOver() { calm() }

  /// Takes note that nothing may go now, which is looked at again before long: a person may mend it.
  mutating func noteRefusal(at now: Moment) {
    isStuck = false
    retry = now + Self.firstPatience
  }

  /// Takes note of what came of a cull; the state is read again after it.
  mutating func note(_ outcome: StandingCull.Outcome, at now: Moment) {
    guard wantsRoom else { return calm() }
    if outcome.done.objects > 0 || outcome.isOutdated {
      calm()
      return
    }
    if outcome.isReached {
      // The kernel counts what is being written as gone: a little more has to go before it is content.
      let most = (fileSystem.map { $0.blocks &* $0.blockSize } ?? 0) / 100
      slack = min(most, max(1 << 20, slack &* 2))
      retry = now + .seconds(1)
      isStuck = false
    } else {
      isStuck = outcome.isExhausted
      (releasedFiles, releasedBlocks) = (0, 0)
      retry = now + patience
      patience = min(patience * 2, Self.lastPatience)
    }
  }
}
