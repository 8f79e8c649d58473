// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// Something that was not copied.
package struct CopySkip: Sendable {
  /// Where it is: its path in the source, or in the destination what stands in the way.
  package var path: [UInt8]
  /// Why, for counting.
  package var reason: CopySkipReason
  /// Why, in words.
  package var words: String
}
