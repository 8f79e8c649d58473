// SPDX-License-Identifier: Apache-2.0

/// A rule that objects match or do not: patterns, or a list.
package protocol ObjectRule: Sendable {
  /// What asks about entries, for one thread.
  func makeMatcher() -> any ObjectMatcher
  /// Whether something below the root matches, by its path.
  func matches(path: [UInt8]) -> Bool
}
