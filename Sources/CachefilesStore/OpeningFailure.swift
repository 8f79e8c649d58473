// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import SystemPackage

/// Why a directory cannot be used as a cache.
package enum OpeningFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// It, or its `cache` directory, could not be opened.
  case unreadable(StoreError)
  /// It is a directory, but not that of a cache.
  case notACache(path: [UInt8], missing: String)

  /// One line.
  package var description: String {
    switch self {
    case .unreadable(let error): error.description
    case .notACache(let path, let missing): "\(EscapedBytes.string(path)): not a cache directory: \(missing)"
    }
  }
}
