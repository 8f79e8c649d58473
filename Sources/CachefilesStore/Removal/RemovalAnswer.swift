// SPDX-License-Identifier: Apache-2.0
package import SystemPackage

/// What became of an entry that was to go.
package enum RemovalAnswer: Sendable, Equatable {
  /// It is gone.
  case removed
  /// The kernel uses it; it stays.
  case inUse
  /// It had gone before, or is not what was looked at any more.
  case changed
  /// It could not be removed.
  case failed(Errno)

  /// What is behind a removal that flags forbid (EPERM).
  package static let flagWords = "it, or the directory that it stands in, is immutable or append-only"

  package init(_ error: Errno) {
    switch error {
    case .noSuchFileOrDirectory, .staleNFSFileHandle: self = .changed
    default: self = .failed(error)
    }
  }
}
