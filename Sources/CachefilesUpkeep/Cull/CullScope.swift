// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// What a scan of a cull looks at: what is selected, within a part of the order. Each thread has one.
struct CullScope {
  /// A part of the order of culling.
  struct Bounds: Sendable {
    /// Ranks.
    var ranks: ClosedRange<Int64> = .min ... .max
    /// Only what comes after this one.
    var after: CullKey?
    /// Nothing that comes after this one.
    var last: CullKey?
  }

  /// What may go, and in what order; shared by all scans and threads.
  struct Terms: Sendable {
    var selection: CullSelection
    var order: CullOrder
    /// Since when what was used stays, by volume key.
    var keptSince: [[UInt8]: Timestamp]?
  }

  let bounds: Bounds
  private let terms: Terms
  private let kept: [any ObjectMatcher]
  private let chosen: (any ObjectMatcher)?
  private let pinned: PinMatcher?

  /// Makes a scope for one thread.
  init(_ terms: Terms, _ bounds: Bounds = Bounds()) {
    self.terms = terms
    self.bounds = bounds
    kept = terms.selection.kept.map { $0.makeMatcher() }
    chosen = terms.selection.objects?.makeMatcher()
    pinned = terms.selection.pinned?.makePinMatcher()
  }

  /// The place of an entry in the order.
  @inline(__always)
  func rank(_ entry: borrowing ScanEntry) -> Int64 { terms.order.rank(entry.status) }

  /// The same with its path.
  @inline(__always)
  func key(_ entry: borrowing ScanEntry) -> CullKey { CullKey(rank: rank(entry), path: entry.cachePath.bytes) }

  /// Whether an entry can be a victim of this part. Whether it is dirty or in use is looked at when its turn comes.
  @inline(__always)
  func contains(_ entry: borrowing ScanEntry) -> Bool {
    bounds.ranks.contains(rank(entry)) && selects(entry) && containsSelected(entry)
  }

  /// The same of an entry that is selected.
  @inline(__always)
  func containsSelected(_ entry: borrowing ScanEntry) -> Bool {
    let rank = rank(entry)
    guard bounds.ranks.contains(rank), allows(entry) else { return false }
    if let after = bounds.after {
      if rank < after.rank { return false }
      if rank == after.rank, key(entry) <= after { return false }
    }
    if let last = bounds.last {
      if rank > last.rank { return false }
      if rank == last.rank, key(entry) > last { return false }
    }
    return true
  }

  /// Whether an entry belongs to what goals about the selected objects count, whether it may go or not.
  @inline(__always)
  func selects(_ entry: borrowing ScanEntry) -> Bool {
    guard let volume = entry.volume else { return false }
    guard terms.selection.types.isEmpty || terms.selection.types.contains(volume.type) else { return false }
    // Asked before the size, so that a pattern that matches only small objects is not one that matches nothing.
    guard chosen?.matches(entry) ?? true else { return false }
    if let size = terms.selection.largerThan, entry.status.allocatedBytes <= size { return false }
    if let isGone = terms.selection.isGone, isGone(entry.cachePath.bytes) { return false }
    return true
  }

  /// Whether an entry is pinned.
  @inline(__always)
  func pins(_ entry: borrowing ScanEntry) -> Bool { pinned?.matches(entry) ?? false }

  /// Whether an entry is one that the user wants to keep.
  @inline(__always)
  func keeps(_ entry: borrowing ScanEntry) -> Bool {
    if let isProtected = terms.selection.isProtected, isProtected(entry.cachePath.bytes) { return true }
    // Each rule is asked, so that each comes to know whether it matches anything.
    var isKept = pins(entry)
    for matcher in kept where matcher.matches(entry) { isKept = true }
    return isKept
  }

  /// Whether a kernel makes this name.
  private static func isKernels(_ name: Span<UInt8>) -> Bool {
    var key: [UInt8] = []
    do throws(NameFailure) { return try ObjectName.decode(name, into: &key).defect == nil } catch { return false }
  }

  @inline(__always)
  private func allows(_ entry: borrowing ScanEntry) -> Bool {
    guard entry.place == .object, entry.status.kind == .regular, !entry.status.isMountPoint else { return false }
    if let limit = terms.selection.notUsedSince, entry.status.access >= limit { return false }
    if let since = terms.keptSince, let volume = entry.volume, entry.status.access >= since[volume.key] ?? .distantPast
    {
      return false
    }
    if terms.selection.takesKernelNamesOnly, !Self.isKernels(entry.name) { return false }
    return !keeps(entry)
  }
}
