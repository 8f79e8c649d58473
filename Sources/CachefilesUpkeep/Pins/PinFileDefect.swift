// SPDX-License-Identifier: Apache-2.0

/// Why bytes are no list of pins.
package struct PinFileDefect: Error, Equatable, Sendable, CustomStringConvertible {
  /// One line.
  package let description: String

  /// Says what is wrong.
  package init(_ description: String) { self.description = description }
}
