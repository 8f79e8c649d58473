// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import CachefilesUpkeep
import LinuxIO

/// Prints a row for each object as the scan comes across it, so that a manifest of any length needs no memory.
struct ManifestPrinter: ScanVisitor {
  private let run: ManifestRun
  private var row: ManifestRow
  private var placement = PlacementJudge()
  private let pins: (any ObjectMatcher)?
  /// The volume of the last object, and what the paths of its objects begin with.
  private var volume = -1
  private var place: [UInt8] = []
  private var placeStart = 0
  private var file: [UInt8] = []
  private var buffer: [UInt8] = []

  init(_ run: ManifestRun) {
    self.run = run
    row = run.makeRow()
    pins = run.pinned?.makeMatcher()
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    guard entry.place == .object, entry.status.kind == .regular, let traits = entry.volumeTraits,
      let fanout = entry.fanout
    else {
      if entry.place == .volume { run.unused.judge(entry) }
      if entry.place == .legacy, entry.status.kind == .regular { run.countLegacy() }
      return
    }
    if traits.index != volume { enter(entry, traits.index) }
    let (run, failed) = (self.run, self.run.failed)
    var facts = ManifestFacts(entry, &placement, isLive: run.isLive, failed: failed)
    if run.unused.contain(entry) { facts.isReachable = false }
    place.removeSubrange(placeStart...)
    place += Fanout(fanout).directoryName
    place.append(UInt8(ascii: "/"))
    for index in entry.name.indices { place.append(entry.name[index]) }
    let (place, key, value) = (self.place, placement.key, entry.attributeValue)
    file.removeAll(keepingCapacity: true)
    if let paths = run.paths { paths.append(pathOf: place.span, to: &file) }
    let file = self.file
    let object = ManifestRow.Object(
      place: place.span, key: key.span, file: file.span,
      coherency: value.extracting(facts.size == nil ? 0..<0 : ObjectRecord.headerLength..<value.count), facts: facts,
      isPinned: pins?.matches(entry) ?? false)
    row.append(object, to: &buffer)
    if buffer.count >= 64 << 10 { flush() }
  }

  private mutating func enter(_ entry: borrowing ScanEntry, _ index: Int) {
    let key = entry.volume?.key ?? []
    volume = index
    row.enter(volume: key)
    place = Store.cacheName.bytes + Array("/I".utf8) + key
    place.append(UInt8(ascii: "/"))
    placeStart = place.count
  }

  mutating func merge(_ other: consuming ManifestPrinter) {
    other.flush()
  }

  private mutating func flush() {
    if buffer.isEmpty { return }
    run.write(rows: buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}
