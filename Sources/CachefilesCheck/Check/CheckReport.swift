// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
package import CachefilesStore

/// What a check found, and what a repair did.
package struct CheckReport: Sendable {
  /// All findings of one problem.
  package struct Group: Sendable {
    /// The problem.
    package var kind: ProblemKind
    /// How bad it is here.
    package var severity: Severity
    /// How many there are.
    package var count: Int
    /// How many of them were mended.
    package var repaired: Int
    /// Allocated bytes of what they affect.
    package var diskBytes: UInt64
    /// The first of them by path, at most some thousand.
    package var findings: [Finding]
  }

  /// What was looked at.
  package struct Scanned: Sendable, Equatable {
    /// Volume directories.
    package var volumes = 0
    /// Fanout directories.
    package var fanouts = 0
    /// Entries of fanout directories.
    package var objects = 0
    /// Entries of the graveyard, at any depth.
    package var graveyardEntries = 0

    /// Nothing.
    package init() {}

    /// Adds what another part of the check looked at.
    static func += (left: inout Scanned, right: Scanned) {
      left.volumes += right.volumes
      left.fanouts += right.fanouts
      left.objects += right.objects
      left.graveyardEntries += right.graveyardEntries
    }
  }

  /// The root's path, as bytes.
  package var root: [UInt8]
  /// Which layouts it has.
  package var generation: FormatGeneration = .empty
  /// Whether a kernel holds it.
  package var liveness: Liveness = .unknown("not asked")
  /// The process that holds it, where it is in use and that can be told.
  package var daemon: CacheDaemon?
  /// What was looked at.
  package var scanned = Scanned()
  /// The problems, worst first.
  package var groups: [Group] = []
  /// How many things could not be read or done: calls of ``CheckOptions/onFailure``.
  package var errors = 0
  /// Whether a signal ended it, or the time limit ended its repairs.
  package var isInterrupted = false
  /// Where a check that ran out of time goes on: the key of the next volume.
  package var nextVolume: [UInt8]?
  /// Whether only a part was looked at, or only some problems were looked for: then clean means no more than that.
  package var isPartial = false
  /// Problems of the root that could not be looked for, and what they are about, in words that go on from "not visible".
  package var unseen: [(id: ProblemID, words: String)] = []
  /// Whether repairs removed for good what they bury by default.
  package var deletes = false
  /// Whether a repair was to be made.
  package var isRepair = false
  /// Where the journal of the repairs is; nil when none was begun.
  package var journal: [UInt8]?
  /// How long it took.
  package var duration = Duration.zero
  /// Why a repair was not begun, or was stopped; one line.
  package var refusal: Refusal?

  /// The parts of the exit status.
  package enum ExitBits {
    /// Problems were repaired.
    package static let repaired: Int32 = 1
    /// Problems are left.
    package static let left: Int32 = 4
    /// Something could not be read or done.
    package static let operational: Int32 = 8
    /// The command line is not understood.
    package static let usage: Int32 = 16
    /// A signal or the time limit ended it.
    package static let interrupted: Int32 = 32
  }

  /// The exit status: the sum of what applies. Notes alone are clean.
  package var exit: Int32 {
    var status: Int32 = 0
    for group in groups {
      if group.repaired > 0 { status |= ExitBits.repaired }
      if group.severity > .note, group.count > group.repaired { status |= ExitBits.left }
    }
    if errors > 0 || refusal != nil { status |= ExitBits.operational }
    if isInterrupted || nextVolume != nil { status |= ExitBits.interrupted }
    return status
  }
}
