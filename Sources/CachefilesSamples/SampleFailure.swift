// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import LinuxIO
import SystemPackage

/// Why a sample could not be written.
package enum SampleFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// The directory exists and is not empty.
  case notEmpty(path: [UInt8])
  /// The file system has no user extended attributes.
  case noAttributes(path: [UInt8])
  /// A system call failed.
  case failed(StoreError)
  /// A signal came; what had been written is gone again.
  case interrupted

  /// One line.
  package var description: String {
    switch self {
    case .notEmpty(let path): "\(EscapedBytes.string(path)): not empty: a sample is only written into a new directory"
    case .noAttributes(let path):
      "\(EscapedBytes.string(path)): its file system has no user extended attributes, so it cannot hold a cache"
    case .failed(let error): error.description
    case .interrupted: "interrupted"
    }
  }
}
