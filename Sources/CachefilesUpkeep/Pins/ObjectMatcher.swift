// SPDX-License-Identifier: Apache-2.0
package import CachefilesStore

/// Asks a rule about the entries of one thread's scan.
package protocol ObjectMatcher: AnyObject {
  /// Whether an object matches.
  func matches(_ entry: borrowing ScanEntry) -> Bool
}
