// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
package import CachefilesSurvey
import LinuxIO
import SystemPackage

/// What a cull did not reach.
package struct CullShortfall: Sendable, Equatable {
  /// What of the need is left: nothing else may go.
  package var need = CullSum()
  /// Bytes that are not available although enough was removed: its files are still open or share their blocks with
  /// others, or others write meanwhile.
  package var availableBytes: UInt64 = 0
  /// Files that the file system has no room for, although enough was removed.
  package var freeFiles: UInt64 = 0
  /// Selected objects that were last used before the moment that the goal names: dirty, or not to be removed.
  package var olderObjects = 0
  /// What could not be read when the objects were counted: whether the goal holds is not known.
  package var unreadEntries = 0
  /// Whether what should go next could be read in one scan and not in another, again and again.
  package var isUnreadable = false

  /// Nothing is missing.
  package init() {}
}
