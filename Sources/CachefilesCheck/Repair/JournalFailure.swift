// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Why a journal cannot be written or read: one line.
package struct JournalFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// The line.
  package let description: String

  init(_ path: FilePath, _ reason: String) { description = "\(EscapedBytes.string(path.bytes)): \(reason)" }
}
