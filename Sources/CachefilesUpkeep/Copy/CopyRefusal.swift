// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import LinuxIO

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
