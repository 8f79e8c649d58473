// SPDX-License-Identifier: Apache-2.0
import CachefilesUpkeep

/// What a purge is about, and what of it stays.
struct PurgeChoice {
  /// What goes.
  let selection: PurgeSelection
  /// What stays; nil where nothing is pinned.
  let pinned: PinnedObjects?
  /// Watches over it; nil where nothing can be pinned.
  let pins: PinWatch?
}
