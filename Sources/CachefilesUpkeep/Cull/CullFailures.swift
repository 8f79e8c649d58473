// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import SystemPackage

/// Failures of removals. An error that is everybody's is told once and stops the cull: as long as nothing goes, failures of one
/// kind are held back, until it is known whether others go.
struct CullFailures {
  /// What a failure means for the rest.
  enum Verdict {
    /// The others are tried; these are to be told now.
    case tell([StoreError])
    /// It will be everybody's error.
    case stop(StoreError)
  }

  /// So many removals in a row that fail in the same way stand for all.
  static let patience = 16

  /// What may stand behind an error of a removal.
  static func words(for error: Errno) -> String? {
    switch error {
    case .notPermitted: "it, or the directory that it stands in, may be immutable or append-only"
    case .notSupported: "the mount has no user attributes: it may be dirty"
    case .ioError: "the kernel's log has the reason"
    default: nil
    }
  }

  private let patience: Int
  private var held: [StoreError] = []
  private var last: Errno?
  private var inARow = 0
  private var hasRemoved = false
  private var pretended = 0

  /// - Parameter goesOn: whether failures never stand for all, and each is told.
  init(goesOn: Bool = false) { patience = goesOn ? Int.max : Self.patience }

  /// Takes note of one that failed.
  mutating func note(_ error: StoreError) -> Verdict {
    inARow = error.error == last ? inARow + 1 : 1
    if error.error == .readOnlyFileSystem || inARow >= patience {
      held = []
      return .stop(error)
    }
    let isNew = last != nil && error.error != last
    last = error.error
    held.append(error)
    return .tell(hasRemoved || isNew || patience == Int.max ? release() : [])
  }

  /// Takes note of one that would fail, and says whether to tell it. A dry run goes on in an order of its own, so that it cannot
  /// know when the others would have gone; it tells some, and counts all.
  mutating func notePretended() -> Bool {
    pretended += 1
    return pretended <= Self.patience
  }

  /// Takes note of one that went; what was held back is to be told.
  mutating func noteRemoval() -> [StoreError] {
    hasRemoved = true
    inARow = 0
    last = nil
    return release()
  }

  /// What is still held back.
  mutating func release() -> [StoreError] {
    defer { held = [] }
    return held
  }
}
