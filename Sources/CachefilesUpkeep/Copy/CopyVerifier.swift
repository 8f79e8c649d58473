// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Compares the copies with what a second scan of the source comes across: lengths, times, records, runs of data, and
/// every byte of them. One for each thread.
struct CopyVerifier: ScanVisitor {
  private let copy: CacheCopy
  private var filter: CopyFilter
  private(set) var verified = 0
  private(set) var mismatched = 0
  private var current: (node: DirectoryNode, directory: SharedDescriptor?)?

  init(_ copy: CacheCopy) {
    self.copy = copy
    filter = CopyFilter(includesDirty: copy.options.includesDirty)
  }

  mutating func merge(_ other: consuming CopyVerifier) {
    verified += other.verified
    mismatched += other.mismatched
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    guard entry.place == .object, copy.mayContinue() else { return }
    guard filter.objection(to: entry) == nil, let name = EntryName(entry.name.array) else { return }
    guard let directory = fanout(of: entry) else {
      // A volume that was left out as a whole has nothing to compare.
      guard let volume = entry.volume, copy.directories.contains(volume) else { return }
      mismatched += 1
      return copy.mismatch(copy.destinationPath(entry.path), "its directory is not there")
    }
    do throws(StoreError) {
      let source = try entry.open()
      do throws(CopyFault) {
        if let difference = try difference(source, directory.value, name) {
          mismatched += 1
          copy.mismatch(copy.destinationPath(entry.path), difference)
        } else {
          verified += 1
        }
      } catch {
        copy.fail(error, entry.path)
      }
    } catch {
      copy.fail(error)
    }
  }

  private mutating func fanout(of entry: borrowing ScanEntry) -> SharedDescriptor? {
    if let current, current.node === entry.directory { return current.directory }
    let directory = copy.fanout(entry.directory)
    current = (entry.directory, directory)
    return directory
  }

  /// What differs; nil when nothing does.
  private func difference(
    _ source: borrowing OwnedDescriptor, _ directory: borrowing OwnedDescriptor, _ name: EntryName
  ) throws(CopyFault) -> String? {
    let features = try ObjectCopier.Features(of: source, .source)
    let layout = DataLayout(features.runs, size: features.status.size, granule: copy.destination.traits.granule)
    guard
      let difference = try ObjectCopier.difference(
        of: name, in: directory, from: features, layout, copy.destination.traits.times)
    else {
      return "it is not there"
    }
    if !difference.isNone { return difference.words }
    let there = try CopyFault.attempt(.destination, "open") { () throws(Errno) in try directory.open(name, .inspect) }
    // What is on the disk counts, not what memory still holds.
    there.dropCachedPages()
    for run in layout.extents {
      var offset = run.offset
      while offset < run.end {
        let (place, count) = (Int64(offset), Int(min(run.end - offset, UInt64(DataCopier.pieceSize))))
        let original = try CopyFault.attempt(.source, "read") { () throws(Errno) in
          try source.read(at: place, count: count)
        }
        let copied = try CopyFault.attempt(.destination, "read") { () throws(Errno) in
          try there.read(at: place, count: count)
        }
        if original != copied { return "its data, between byte \(offset) and byte \(offset + UInt64(count))" }
        offset += UInt64(count)
      }
    }
    return nil
  }
}
