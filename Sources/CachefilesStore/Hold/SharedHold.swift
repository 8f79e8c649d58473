// SPDX-License-Identifier: Apache-2.0

/// A hold that several threads work under; it ends with the last of them.
package final class SharedHold: Sendable {
  /// The cache.
  package let cache: ExclusiveCache

  /// Shares a hold.
  package init(_ cache: consuming ExclusiveCache) { self.cache = cache }
}
