// SPDX-License-Identifier: Apache-2.0
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import CachefilesUpkeep
import LinuxIO
import Synchronization
import SystemPackage

/// What the threads that write one manifest share.
final class ManifestRun: Sendable {
  /// The paths of files, where a mount was searched for them.
  let paths: PathIndex?
  /// What is pinned; nil where nothing is.
  let pinned: PinnedObjects?
  /// Objects of the layout before Linux 5.17, which have no rows.
  private let legacy = Atomic<Int>(0)
  private let hasRows = Atomic<Bool>(false)
  /// Volumes that no kernel uses.
  let unused = UnusedVolumes()
  /// Whether a kernel has the cache in use.
  let isLive: Bool
  private let failures: FailureLines
  private let sink: Sink
  private let start: ManifestRow

  /// Where rows go.
  enum Sink: Sendable {
    /// Standard output.
    case output(SharedOutput)
    /// A file that appears whole.
    case file(ManifestFile)
  }

  init(
    _ row: ManifestRow, to sink: Sink, paths: PathIndex?, pinned: PinnedObjects?, isLive: Bool, _ failures: FailureLines
  ) {
    start = row
    self.sink = sink
    self.paths = paths
    self.pinned = pinned
    self.isLive = isLive
    self.failures = failures
  }

  /// Counts an object of the layout before Linux 5.17.
  func countLegacy() { legacy.add(1, ordering: .relaxed) }

  /// How many of these there were.
  var legacyCount: Int { legacy.load(ordering: .relaxed) }

  /// A writer of rows for one thread.
  func makeRow() -> ManifestRow { start }

  /// Counts and names an object that could not be looked at; what is gone from a live cache is none of it any more.
  var failed: (StoreError) -> Void {
    { [self] error in
      let isGone = error.error == .noSuchFileOrDirectory || error.error == .staleNFSFileHandle
      if !isLive || !isGone { failures.add(error) }
    }
  }

  /// Writes rows, from any thread.
  func write(rows: [UInt8]) {
    hasRows.store(true, ordering: .relaxed)
    write(rows)
  }

  /// Writes something else.
  func write(_ text: [UInt8]) {
    switch sink {
    case .output(let output): output.write(text)
    case .file(let file): file.write(text)
    }
  }

  /// Ends a manifest without rows, which is one all the same: a row without an object says so, or what an earlier manifest has would count
  /// as the last that is known.
  func finish() {
    if hasRows.load(ordering: .relaxed) || failures.count > 0 { return }
    var (row, text) = (makeRow(), [UInt8]())
    row.enter(volume: [])
    let nothing: [UInt8] = []
    row.append(
      ManifestRow.Object(
        place: nothing.span, key: nothing.span, file: nothing.span, coherency: nothing.span, facts: .nothing,
        isPinned: false), to: &text)
    write(rows: text)
  }

  /// Whether rows cannot be written any more.
  var hasFailed: Bool {
    if case .file(let file) = sink { file.hasFailed } else { false }
  }
}
