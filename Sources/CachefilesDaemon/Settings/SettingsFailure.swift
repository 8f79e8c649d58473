// SPDX-License-Identifier: Apache-2.0

/// Settings that cannot be used: one line.
package struct SettingsFailure: Error, Equatable, Sendable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}
