// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// Decides for each problem whether its repair is offered. Pure: it knows facts, no files.
struct RepairPolicy {
  let policy: CheckPolicy
  let context: CheckContext

  private var includesDirty: Bool { policy.consent == .allAndDirty }

  /// For something that is no object and no volume.
  func decide(_ id: ProblemID) -> RepairDecision {
    ProblemKind.of(id).repair.map { .offered($0) } ?? .none
  }

  /// For an object, or what stands in an object's place.
  ///
  /// A dirty one is nobody's to move, cut or rewrite without the consent that O10 needs; flags, modes and times are another
  /// matter.
  func decide(_ id: ProblemID, object dirtiness: Dirtiness, links: UInt32) -> RepairDecision {
    let kind = ProblemKind.of(id)
    guard let verb = kind.repair else { return .none }
    // On a live cache it is open, which is no problem at all.
    if id == .o10, context.isLive { return .none }
    if !dirtiness.isClean, !verb.keepsContent, kind.consent != .dirty, !includesDirty {
      return .withheld(verb, dirtiness == .dirty ? .dirty : .mayBeDirty)
    }
    if verb == .truncate, links > 1 { return .withheld(verb, .otherNames(links)) }
    if verb == .resetAccessTime, context.isClockBehind { return .withheld(verb, .clockBehind) }
    return .offered(verb)
  }

  /// For a whole volume.
  func decide(_ id: ProblemID, volume type: NetfsType, dirty: Int, isIncomplete: Bool) -> RepairDecision {
    guard var verb = ProblemKind.of(id).repair else { return .none }
    if verb == .setHeader, VolumeJudge.constantHeader(type) == nil { verb = .bury }
    guard verb == .bury else { return .offered(verb) }
    if isIncomplete { return .withheld(verb, .notAllSeen) }
    if dirty > 0, !includesDirty { return .withheld(verb, .dirtyObjects(dirty)) }
    return .offered(verb)
  }
}
