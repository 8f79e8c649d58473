import LinuxIO
import SystemPackage

/// What a copy came to.
public struct CopyReport: Sendable {
  /// The path of the cache that was copied.
  public var source: [UInt8]
  /// The path of the copy.
  public var destination: [UInt8]
  /// The destination keeps times that are multiples of so many nanoseconds.
  public var timeGranularity: UInt64 = 1
  /// Objects that were copied.
  public var copiedObjects = 0
  /// The data of these, in bytes: runs only, no holes.
  public var copiedBytes: UInt64 = 0
  /// Data that was left out because it fills blocks of the destination only in part, in bytes.
  public var droppedBytes: UInt64 = 0
  /// Directories that were made.
  public var directories = 0
  /// How many things were left out, by reason.
  public var skipped: [CopySkipReason: Int] = [:]
  /// How many things failed, each of them named through ``CopyOptions/onFailure``.
  public var errors = 0
  /// Objects that were compared and are the same; nil when that was not asked for, or not come to.
  public var verified: Int?
  /// Objects that were compared and are not.
  public var mismatched = 0
  /// Whether the source has a tree of the layout before 5.17, which is not copied.
  public var hasLegacyTree = false
  /// Whether a signal ended it.
  public var isInterrupted = false
  /// Why it was stopped: a side came up. Nil when it was not.
  public var stopped: CopyRefusal?
  /// How long it took, nanoseconds.
  public var duration: Int64 = 0

  /// Everything that was left out.
  public var skippedObjects: Int { skipped.values.reduce(0, +) }

  /// Whether all that should be copied is there.
  public var isComplete: Bool { errors == 0 && mismatched == 0 && !isInterrupted && stopped == nil }

  mutating func add(_ tally: CopyTally) {
    copiedObjects += tally.objects
    copiedBytes += tally.bytes
    droppedBytes += tally.dropped
    directories += tally.made
    for (reason, count) in tally.skipped { skipped[reason, default: 0] += count }
  }
}

/// What one thread copied.
struct CopyTally: Sendable {
  var objects = 0
  var bytes: UInt64 = 0
  var dropped: UInt64 = 0
  var made = 0
  var skipped: [CopySkipReason: Int] = [:]
  /// Directories of the source whose times the copies get at the end.
  var directories: [Directory] = []

  /// A directory below the root.
  struct Directory: Sendable {
    var path: [UInt8]
    var times: JournalStep.Times
  }

  mutating func merge(_ other: consuming CopyTally) {
    objects += other.objects
    bytes += other.bytes
    dropped += other.dropped
    made += other.made
    skipped.merge(other.skipped, uniquingKeysWith: +)
    directories += other.directories
  }
}

/// A step of a copy that failed, before it is known by which path to name it.
struct CopyFault: Error {
  /// Which of the two files.
  enum Side { case source, destination }

  var side: Side
  var operation: String
  var error: Errno
  var note: String?

  /// Whether there is no room left: then nothing else will fit either.
  var isFull: Bool { side == .destination && (error == .noSpace || error == .diskQuotaExceeded) }

  /// Runs one step.
  static func attempt<R: ~Copyable>(
    _ side: Side, _ operation: String, _ body: () throws(Errno) -> R
  ) throws(CopyFault) -> R {
    do throws(Errno) { return try body() } catch {
      throw CopyFault(side: side, operation: operation, error: error)
    }
  }
}
