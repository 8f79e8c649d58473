// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
import CachefilesStore
package import LinuxIO

/// Which objects may be culled at all.
package struct CullSelection: Sendable {
  /// Which volumes, by their keys; all without it.
  package var volumes: (@Sendable ([UInt8]) -> Bool)?
  /// Which network file systems; all when empty.
  package var types: Set<NetfsType> = []
  /// Nothing that was used since this moment.
  package var notUsedSince: Timestamp?
  /// Nothing that occupies at most so many bytes.
  package var largerThan: UInt64?
  /// So many of the most recently used objects of each volume stay, and those that were last used at the same time.
  package var keptPerVolume: Int?
  /// Which objects, by path, key and name, or volume; all without it.
  package var objects: (any ObjectRule)?
  /// Whether the object at a path below the root counts as gone: another part of the same dry run would have removed it.
  package var isGone: (@Sendable ([UInt8]) -> Bool)?
  /// Whether a path below the root is protected.
  package var isProtected: (@Sendable ([UInt8]) -> Bool)?
  /// What else is kept.
  package var kept: [any ObjectRule] = []
  /// What is pinned, which is kept and told.
  package var pinned: PinnedObjects?
  /// Whether only names go that a kernel makes; without it, whatever stands in an object's place.
  package var takesKernelNamesOnly = false
  /// Whether dirty objects go too.
  package var includesDirty = false

  /// Everything but dirty objects.
  package init() {}

  /// Whether anything of a path below the root is kept: a directory stays where a rule matches it.
  func keeps(path: [UInt8]) -> Bool {
    if let isProtected, isProtected(path) { return true }
    if let pinned, pinned.matches(path: path) { return true }
    return kept.contains { $0.matches(path: path) }
  }
}
