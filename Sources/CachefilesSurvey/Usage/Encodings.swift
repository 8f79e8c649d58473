// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// The encodings of names in the order in which they are counted.
package enum Encodings {
  /// `D S T E`, and `other` for names that no kernel writes.
  package static let names = ["D", "S", "T", "E", "other"]
}
