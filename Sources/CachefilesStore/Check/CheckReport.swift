public import CachefilesFormat

/// What a check found, and what a repair did.
public struct CheckReport: Sendable {
  /// All findings of one problem.
  public struct Group: Sendable {
    /// The problem.
    public var kind: ProblemKind
    /// How bad it is here.
    public var severity: Severity
    /// How many there are.
    public var count: Int
    /// How many of them were mended.
    public var repaired: Int
    /// Allocated bytes of what they affect.
    public var diskBytes: UInt64
    /// The first of them by path, at most some thousand.
    public var findings: [Finding]
  }

  /// What was looked at.
  public struct Scanned: Sendable, Equatable {
    /// Volume directories.
    public var volumes = 0
    /// Fanout directories.
    public var fanouts = 0
    /// Entries of fanout directories.
    public var objects = 0
    /// Entries of the graveyard, at any depth.
    public var graveyardEntries = 0

    /// Nothing.
    public init() {}

    /// Adds what another part of the check looked at.
    static func += (left: inout Scanned, right: Scanned) {
      left.volumes += right.volumes
      left.fanouts += right.fanouts
      left.objects += right.objects
      left.graveyardEntries += right.graveyardEntries
    }
  }

  /// The root's path, as bytes.
  public var root: [UInt8]
  /// Which layouts it has.
  public var generation: FormatGeneration = .empty
  /// Whether a kernel holds it.
  public var liveness: Liveness = .unknown("not asked")
  /// What was looked at.
  public var scanned = Scanned()
  /// The problems, worst first.
  public var groups: [Group] = []
  /// How many things could not be read or done: calls of ``CheckOptions/onFailure``.
  public var errors = 0
  /// Whether a signal ended it, or the time limit ended its repairs.
  public var isInterrupted = false
  /// Where a check that ran out of time goes on: the key of the next volume.
  public var nextVolume: [UInt8]?
  /// Whether only a part was looked at, or only some problems were looked for: then clean means no more than that.
  public var isPartial = false
  /// Whether repairs removed for good what they bury by default.
  public var deletes = false
  /// Whether a repair was to be made.
  public var isRepair = false
  /// Where the journal of the repairs is; nil when none was begun.
  public var journal: [UInt8]?
  /// How long it took, in nanoseconds.
  public var duration: Int64 = 0
  /// Why a repair was not begun, or was stopped; one line.
  public var refusal: Refusal?

  /// The parts of the exit status.
  public enum ExitBits {
    /// Problems were repaired.
    public static let repaired: Int32 = 1
    /// Problems are left.
    public static let left: Int32 = 4
    /// Something could not be read or done.
    public static let operational: Int32 = 8
    /// The command line is not understood.
    public static let usage: Int32 = 16
    /// A signal or the time limit ended it.
    public static let interrupted: Int32 = 32
  }

  /// The exit status: the sum of what applies. Notes alone are clean.
  public var exit: Int32 {
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
