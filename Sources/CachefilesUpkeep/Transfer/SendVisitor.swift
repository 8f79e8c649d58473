// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Sends what a scan comes across; one for each thread. Each reads for itself, and writes whole entries.
///
/// A scan visits a directory before what is in it, so that in the stream directories come before their objects too.
struct SendVisitor: ScanVisitor {
  private let send: CacheSend
  private let writer: PaxWriter
  private var filter: CopyFilter
  private let matcher: (any ObjectMatcher)?
  private(set) var tally = CopyTally()
  /// Objects of the list that were come across.
  private(set) var listed = 0

  init(_ send: CacheSend, _ writer: PaxWriter) {
    self.send = send
    self.writer = writer
    filter = CopyFilter(includesDirty: send.options.includesDirty)
    matcher = send.options.objects?.makeMatcher()
  }

  mutating func merge(_ other: consuming SendVisitor) {
    listed += other.listed
    tally.merge(other.tally)
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    if send.isStopped { return }
    switch entry.place {
    case .volume: visitVolume(entry)
    case .fanout: visitFanout(entry)
    case .object: visitObject(entry)
    case .root, .cache, .legacy, .graveyard, .buried, .foreign: break
    }
  }

  private mutating func skip(_ path: [UInt8], _ objection: CopyFilter.Objection) {
    tally.skipped[objection.reason, default: 0] += 1
    send.skip(CopySkip(path: path, reason: objection.reason, words: objection.words))
  }

  // MARK: Directories

  private mutating func visitVolume(_ entry: borrowing ScanEntry) {
    if let objection = CopyFilter.objection(toVolume: entry) {
      if let key = VolumeName.key(ofName: entry.name) { send.leaveOut(volume: key) }
      return skip(entry.path, objection)
    }
    writeDirectory(entry, record: entry.attributeValue.array)
  }

  private mutating func visitFanout(_ entry: borrowing ScanEntry) {
    if send.isLeftOut(entry) { return }
    guard entry.status.kind == .directory else {
      return skip(entry.path, .init(.unsound, "a fanout directory that is \(entry.status.kind.words)"))
    }
    if let chosen = send.options.objects, chosen.names(in: entry.cachePath.bytes) == nil { return }
    writeDirectory(entry, record: nil)
  }

  private func writeDirectory(_ entry: borrowing ScanEntry, record: [UInt8]?) {
    let facts = Self.facts(entry.cachePath.bytes, entry.status, record: record)
    let (send, writer, digest) = (send, writer, TransferDigest(facts, record: record ?? []))
    send.write { () throws(ArchiveFailure) in
      try writer.begin(facts)
      try writer.end()
      try send.addDirectory(digest, to: writer)
    }
  }

  private static func facts(_ path: [UInt8], _ status: FileStatus, record: [UInt8]?) -> PaxEntry {
    var facts = PaxEntry(path: path, kind: status.kind)
    facts.permissions = status.permissions
    facts.owner = status.owner
    facts.group = status.group
    facts.access = status.access
    facts.modification = status.modification
    if let record {
      facts.attributes = [PaxEntry.Attribute(name: Array(CacheAttribute.name.description.utf8), value: record)]
    }
    return facts
  }

  // MARK: Objects

  private mutating func visitObject(_ entry: borrowing ScanEntry) {
    if let matcher, !matcher.matches(entry) { return }
    listed += 1
    guard send.mayContinue() else { return }
    if send.isLeftOut(entry) {
      tally.skipped[.volume, default: 0] += 1
      return
    }
    if let objection = filter.objection(to: entry) { return skip(entry.path, objection) }
    do throws(StoreError) {
      var outcome = try sendOnce(entry)
      // Once more: the second time it may stand still.
      if case .changed = outcome { outcome = try sendOnce(entry) }
      switch outcome {
      case .sent(let bytes):
        tally.objects += 1
        tally.bytes += bytes
      case .ended: break
      case .changed: skip(entry.path, .init(.changed, "it changed while it was read"))
      }
    } catch {
      send.fail(error)
    }
  }

  /// How it went.
  private enum Outcome {
    /// It was written: the bytes of its data.
    case sent(UInt64)
    /// The stream ended.
    case ended
    /// It changed before anything of it was written.
    case changed
  }

  private func sendOnce(_ entry: borrowing ScanEntry) throws(StoreError) -> Outcome {
    let file = try entry.open()
    let path = entry.path
    let record = entry.attributeValue.array
    var facts: PaxEntry
    let status: FileStatus
    do throws(Errno) {
      status = try file.status()
      facts = Self.facts(entry.cachePath.bytes, status, record: record)
      facts.size = status.size
      facts.extents = try file.dataExtents(size: status.size)
      guard try file.attribute(CacheAttribute.name) == record else { return .changed }
    } catch {
      throw StoreError(path: path, operation: "look at", error: error)
    }
    let digest = TransferDigest(facts, record: record)
    return facts.dataBytes <= CacheSend.bufferLimit
      ? try sendSmall(file, path, facts, status, digest) : sendLarge(file, path, facts, status, digest)
  }

  private func isSame(_ file: borrowing OwnedDescriptor, _ path: [UInt8], as status: FileStatus) throws(Errno) -> Bool {
    send.options.beforeRecheck(path)
    let now = try file.status()
    return now.size == status.size && now.modification == status.modification && now.change == status.change
  }

  /// Reads everything before anything is written.
  private func sendSmall(
    _ file: borrowing OwnedDescriptor, _ path: [UInt8], _ facts: PaxEntry, _ status: FileStatus,
    _ digest: TransferDigest
  ) throws(StoreError) -> Outcome {
    var digest = digest
    var pieces: [(offset: UInt64, bytes: [UInt8])] = []
    do throws(Errno) {
      for run in facts.extents {
        let bytes = try file.read(at: Int64(run.offset), count: Int(run.length))
        guard UInt64(bytes.count) == run.length else { return .changed }
        digest.add(bytes)
        pieces.append((run.offset, bytes))
      }
      guard try isSame(file, path, as: status) else { return .changed }
    } catch {
      throw StoreError(path: path, operation: "read", error: error)
    }
    let (writer, sum) = (writer, digest)
    let isWritten = send.write { () throws(ArchiveFailure) in
      try writer.begin(facts)
      for piece in pieces { try writer.write(piece.bytes, at: piece.offset) }
      try writer.end()
      try send.add(sum, bytes: facts.dataBytes, to: writer)
    }
    return isWritten ? .sent(facts.dataBytes) : .ended
  }

  /// Writes while it reads, and the last piece only when the object is still the same.
  private func sendLarge(
    _ file: borrowing OwnedDescriptor, _ path: [UInt8], _ facts: PaxEntry, _ status: FileStatus,
    _ digest: TransferDigest
  ) -> Outcome {
    var digest = digest
    guard send.beginWriting() else { return .ended }
    defer { send.endWriting() }
    let last = facts.extents.last?.end ?? 0
    do throws(ArchiveFailure) {
      try writer.begin(facts)
      for run in facts.extents {
        var offset = run.offset
        while offset < run.end {
          let count = Int(min(run.end - offset, UInt64(DataCopier.pieceSize)))
          let bytes: [UInt8]
          do throws(Errno) {
            bytes = try file.read(at: Int64(offset), count: count)
            if bytes.count != count { throw .staleNFSFileHandle }
            if offset + UInt64(count) == last, try !isSame(file, path, as: status) { throw .staleNFSFileHandle }
          } catch {
            send.cut(StoreError(path: path, operation: "read", error: error))
            return .ended
          }
          digest.add(bytes)
          try writer.write(bytes, at: offset)
          offset += UInt64(count)
        }
      }
      try writer.end()
      try send.add(digest, bytes: facts.dataBytes, to: writer)
      return .sent(facts.dataBytes)
    } catch {
      send.stop(error)
      return .ended
    }
  }
}
