import CachefilesFormat
package import CachefilesStore
import LinuxIO

/// What a copy is to do.
package struct CopyOptions: Sendable {
  /// The number of threads.
  package var threads = CopyOptions.defaultThreads
  /// Which volumes to copy, by their keys; all without it.
  package var volumes: (@Sendable ([UInt8]) -> Bool)?
  /// Whether to copy objects whose record is marked dirty.
  package var includesDirty = false
  /// Whether to compare source and destination afterwards.
  package var verifies = false
  /// Whether to wait at the end until everything is on the disk.
  package var synchronizes = true
  /// What tells whether a cache is live.
  package var liveness = LivenessSources()
  /// Called for each thing that fails, from one thread at a time.
  package var onFailure: @Sendable (StoreError) -> Void = { _ in }
  /// Called before the first object is copied with a path and what its file system cannot keep.
  package var onNote: @Sendable ([UInt8], String) -> Void = { _, _ in }
  /// Called for each thing that is left out, from one thread at a time.
  package var onSkip: @Sendable (CopySkip) -> Void = { _ in }
  /// Called for each object that is not what the source has, with its path in the destination and what differs.
  package var onMismatch: @Sendable ([UInt8], String) -> Void = { _, _ in }
  /// Asked before each object; true ends the copy.
  package var isCancelled: @Sendable () -> Bool = { Interruption.signal != nil }
  /// Called between the copy of an object's data and the second look at the source, with the source's path, for tests.
  var beforeRecheck: @Sendable ([UInt8]) -> Void = { _ in }

  /// The usual options.
  package init() {}

  /// Some threads wait for the disk while others copy.
  package static var defaultThreads: Int { min(16, max(4, Workers.processorCount * 2)) }
}

/// Why something was not copied.
package enum CopySkipReason: String, Sendable, CaseIterable {
  /// The destination has the same object: size, modification time, attribute and runs of data.
  case present = "already_there"
  /// The destination has something else of that name, which stays.
  case different
  /// It changed while it was copied, twice.
  case changed
  /// It is marked dirty and dirty objects were not asked for.
  case dirty
  /// No kernel would use it: no regular file, no readable record, a name that stands for nothing.
  case unsound
  /// The volume that it is in was left out.
  case volume
  /// It is no part of a cache.
  case foreign
}

/// Something that was not copied.
package struct CopySkip: Sendable {
  /// Where it is: its path in the source, or in the destination what stands in the way.
  package var path: [UInt8]
  /// Why, for counting.
  package var reason: CopySkipReason
  /// Why, in words.
  package var words: String
}

/// Why a copy was not begun: nothing was copied, and what had been made for it is gone again.
package enum CopyRefusal: Error, Equatable, Sendable, CustomStringConvertible {
  /// One of the two is live or locked, or it cannot be told.
  case inUse(path: [UInt8], reason: String)
  /// One of the two cannot be used.
  case unusable(path: [UInt8], reason: String)
  /// One of the two could not be read or written.
  case failed(StoreError)
  /// The source, or the destination, is no cache directory.
  case noCache(OpeningFailure)

  /// What forbids to take one of the two, by its path.
  init(_ refusal: Refusal, _ path: [UInt8]) {
    self =
      refusal.isOccupied
      ? .inUse(path: path, reason: refusal.description) : .unusable(path: path, reason: refusal.description)
  }

  /// One line.
  package var description: String {
    switch self {
    case .inUse(let path, let reason), .unusable(let path, let reason): "\(EscapedBytes.string(path)): \(reason)"
    case .failed(let error): error.description
    case .noCache(let failure): failure.description
    }
  }
}
