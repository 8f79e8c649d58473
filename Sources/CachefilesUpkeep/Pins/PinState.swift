// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import LinuxIO
import SystemPackage

/// How much of what is pinned is in the cache.
package struct PinState: Sendable, Equatable {
  /// Objects that are pinned.
  package var objects = 0
  /// Those of them that are there whole.
  package var cached = 0
  /// Allocated bytes of what is there.
  package var bytes: UInt64 = 0
  /// Objects that could not be looked at, each of them told.
  package var errors = 0
  /// Those of which a part is there, and those that are dirty.
  package var partial: [Pin.Object] = []
  /// Those that are not there, hold nothing, or are such as no kernel uses.
  package var missing: [Pin.Object] = []

  /// Nothing is pinned.
  package init() {}

  /// Whether all of what is pinned is cached, as far as it could be looked at.
  package var isComplete: Bool { missing.isEmpty && partial.isEmpty && errors == 0 }

  /// How much of one object is there.
  private enum Share: Int {
    case none
    case part
    case whole
  }

  /// Looks for objects. Two objects of one file, of which the kernel uses one, count as one: the file is cached when either is.
  ///
  /// - Throws: ``StoreError`` when the cache cannot be looked into at all.
  package init(
    _ objects: [Pin.Object], in store: borrowing Store, failed: (StoreError) -> Void
  ) throws(StoreError) {
    var files: [[UInt8]: Int] = [:]
    var found: [(object: Pin.Object, share: Share)] = []
    let finder: EntryFinder
    do throws(Errno) { finder = try EntryFinder(store) } catch {
      throw StoreError(path: store.path, operation: "look into", error: error)
    }
    for object in objects {
      let share: Share
      do throws(Errno) { share = try look(at: object, finder) } catch {
        errors += 1
        failed(StoreError(path: store.path.appending(path: object.path), operation: "look at", error: error))
        continue
      }
      if !object.file.isEmpty, let index = files[object.file] {
        if found[index].share.rawValue < share.rawValue { found[index].share = share }
        continue
      }
      files[object.file] = found.count
      found.append((object, share))
    }
    self.objects = found.count
    cached = found.count { $0.share == .whole }
    partial = found.filter { $0.share == .part }.map(\.object)
    missing = found.filter { $0.share == .none }.map(\.object)
  }

  private mutating func look(at object: Pin.Object, _ finder: EntryFinder) throws(Errno) -> Share {
    guard case .object(let key, let directory, let name) = StorePath(object.path.span),
      let fanout = Fanout(directoryName: directory),
      let entry = try finder.find(CachePath(object.path)), entry.status.kind == .regular
    else { return .none }
    let volume = ScannedVolume(index: 0, key: key).traits
    var filter = CopyFilter(includesDirty: true)
    let file = try entry.open(.inspect)
    guard filter.objection(toName: name.span, in: volume, fanout: fanout.number) == nil,
      let value = try file.attribute(CacheAttribute.name),
      filter.objection(toRecord: value.span, in: volume.rules) == nil,
      let record = try? ObjectRecord(parsing: value.span)
    else { return .none }
    let runs = try file.dataExtents(size: entry.status.size)
    // A file that is all hole holds nothing of its file.
    if runs.isEmpty, record.objectSize > 0 { return .none }
    bytes += entry.status.allocatedBytes
    return Dirtiness(record: value.span).isClean && Self.holds(runs, record.objectSize) ? .whole : .part
  }

  /// Whether runs of data cover a file but for its last block, which Linux 6.12 does not store.
  private static func holds(_ runs: [DataExtent], _ size: UInt64) -> Bool {
    var end: UInt64 = 0
    for run in runs where run.offset <= end { end = max(end, run.end) }
    return size <= 4096 || end >= (size - 1) / 4096 * 4096
  }
}
