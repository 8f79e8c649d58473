// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import SystemPackage

/// One thing that could not be done to one file of a cache.
package struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file, as bytes.
  package var path: [UInt8]
  /// What was tried: `open`, `read its attribute` …
  package var operation: String
  /// The system's reason.
  package var error: Errno
  /// More to say about it, nil where the reason says all.
  package var note: String?

  /// Makes an error.
  package init(path: [UInt8], operation: String, error: Errno, note: String? = nil) {
    self.path = path
    self.operation = operation
    self.error = error
    self.note = note
  }

  /// One line: the path escaped, what was tried, and the reason.
  package var description: String {
    "\(path.isEmpty ? "''" : EscapedBytes.string(path)): cannot \(operation): \(error)"
      + (note.map { " (\($0))" } ?? "")
  }
}
