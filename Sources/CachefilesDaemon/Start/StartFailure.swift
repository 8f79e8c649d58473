// SPDX-License-Identifier: Apache-2.0

/// What keeps the daemon from starting: one line that says what to do, and its exit status.
package struct StartFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// The statuses of cachefilesd, and one of our own.
  package enum Status: Int32, Sendable {
    /// Something of the system's failed.
    case system = 1
    /// The configuration cannot be used.
    case configuration = 2
    /// The kernel cannot be worked with: another try comes to the same.
    case kernel = 3
  }

  package var description: String
  package var status: Status

  package init(_ description: String, _ status: Status = .system) {
    self.description = description
    self.status = status
  }
}
