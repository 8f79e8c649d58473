import CachefilesStore
import LinuxIO
import SystemPackage

/// What a copy came to.
package struct CopyReport: Sendable {
  /// The path of the cache that was copied.
  package var source: [UInt8]
  /// The path of the copy.
  package var destination: [UInt8]
  /// The destination keeps times that are multiples of so many nanoseconds.
  package var timeGranularity: UInt64 = 1
  /// Objects that were copied.
  package var copiedObjects = 0
  /// The data of these, in bytes: runs only, no holes.
  package var copiedBytes: UInt64 = 0
  /// Data that was left out because it fills blocks of the destination only in part, in bytes.
  package var droppedBytes: UInt64 = 0
  /// Directories that were made.
  package var directories = 0
  /// How many things were left out, by reason.
  package var skipped: [CopySkipReason: Int] = [:]
  /// How many things failed, each of them named through ``CopyOptions/onFailure``.
  package var errors = 0
  /// Objects that were compared and are the same; nil when that was not asked for, or not come to.
  package var verified: Int?
  /// Objects that were compared and are not.
  package var mismatched = 0
  /// Whether the source has a tree of the layout before 5.17, which is not copied.
  package var hasLegacyTree = false
  /// Whether a signal ended it.
  package var isInterrupted = false
  /// Why it was stopped: a side came up. Nil when it was not.
  package var stopped: CopyRefusal?
  /// How long it took, nanoseconds.
  package var duration: Int64 = 0

  /// Everything that was left out.
  package var skippedObjects: Int { skipped.values.reduce(0, +) }

  /// Whether all that should be copied is there.
  package var isComplete: Bool { errors == 0 && mismatched == 0 && !isInterrupted && stopped == nil }

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
    var times: EntryTimes
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
