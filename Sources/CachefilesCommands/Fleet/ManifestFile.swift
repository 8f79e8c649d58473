// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import Synchronization

/// A file that the rows of a manifest go to, from several threads; it appears whole, or not at all.
final class ManifestFile: Sendable {
  private let draft: ReportDraft
  private let failure = Guarded<StoreError?>(nil)

  init(_ draft: ReportDraft) { self.draft = draft }

  /// Whether rows cannot be written any more.
  var hasFailed: Bool { failure.withLock { $0 != nil } }

  /// Writes rows; what fails is told by ``keep()``.
  func write(_ rows: [UInt8]) {
    failure.withLock { failure in
      guard failure == nil else { return }
      do throws(StoreError) { try draft.append(rows) } catch { failure = error }
    }
  }

  /// Puts it in the place of the old file.
  ///
  /// - Throws: ``StoreError``; the old file is as it was.
  func keep() throws(StoreError) {
    if let error = failure.withLock({ $0 }) { throw error }
    try draft.keep()
  }
}
