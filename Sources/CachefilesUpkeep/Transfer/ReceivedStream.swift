// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Reads the entries of a stream one after another and judges each. For one thread.
struct ReceivedStream {
  let receive: CacheReceive
  let queue: BoundedQueue<ReceivedObject>
  var directories = ReceivedDirectories()
  private var filter: CopyFilter
  /// The volume of the last object, and its hash.
  private var volume: ScannedVolume?
  /// The entries since the last sums, and the bytes of their data that are in memory.
  var pending: [PendingEntry] = []
  var pendingBytes: UInt64 = 0
  /// The objects of the stream so far.
  var objects = 0
  var report: ReceiveReport

  init(_ receive: CacheReceive, _ queue: BoundedQueue<ReceivedObject>) {
    self.receive = receive
    self.queue = queue
    filter = CopyFilter(includesDirty: receive.options.includesDirty)
    report = ReceiveReport(destination: receive.destination.store.path)
  }

  /// Reads to the end, or until nothing more can be done.
  mutating func read(_ reader: PaxReader) {
    do throws(ArchiveFailure) {
      while let entry = try reader.next() {
        guard receive.mayContinue() else { return }
        if report.isWhole { throw .malformed("it goes on behind its end") }
        switch entry.path {
        case TransferMark.end: try end(entry, reader)
        case TransferMark.sums: try settle(TransferMark.sums(entry, reader))
        default:
          if entry.kind == .regular || entry.kind == .directory { try note(entry) }
          try take(entry, reader)
        }
      }
      if report.isWhole { try reader.finish() } else if receive.isInterruptionComing { receive.interrupt() }
    } catch {
      // Who ends a pipeline ends both sides of it.
      if error == .interrupted || receive.isInterruptionComing { return receive.interrupt() }
      report.streamFailure = error
      report.isWhole = false
    }
  }

  private mutating func take(_ entry: PaxEntry, _ reader: PaxReader) throws(ArchiveFailure) {
    let path = TransferPath(entry.path, isDirectory: entry.kind == .directory)
    switch (path, entry.kind) {
    case (.volume, .directory), (.fanout, .directory):
      let sum = TransferDigest(entry, record: Self.record(of: entry) ?? []).sum.value
      pending[pending.count - 1].state = .directory(entry, sum)
    case (.object(let key, let number, let name), .regular): try takeObject(key, number, name, entry, reader)
    default: refuse(entry, entry.kind == .unknown ? "it is a link or of unknown type" : "no part of a cache")
    }
  }

  /// Names an entry that no stream of a sound cache has.
  mutating func refuse(_ entry: PaxEntry, _ reason: String) { refuse(entry.path, reason) }

  mutating func refuse(_ path: [UInt8], _ reason: String) {
    report.refusedEntries += 1
    receive.options.onFailure(StoreError(path: path, operation: "take the entry", error: .badMessage, note: reason))
  }

  // MARK: Objects

  private mutating func takeObject(
    _ key: [UInt8], _ number: UInt8, _ name: [UInt8], _ entry: PaxEntry, _ reader: PaxReader
  ) throws(ArchiveFailure) {
    if directories.leftOut.contains(key) {
      return receive.skip(entry.path, .init(.volume, "its volume is left out"))
    }
    if directories.leftOutFanouts.contains(Self.path(key, number)) {
      return receive.skip(entry.path, .init(.volume, "its directory is left out"))
    }
    if volume?.key != key { volume = ScannedVolume(index: 0, key: key) }
    guard let volume, let record = Self.record(of: entry) else {
      return refuse(entry, "it has no \(CacheAttribute.name) attribute")
    }
    if let words = filter.objection(toName: name.span, in: volume.traits, fanout: number) {
      return refuse(entry, words)
    }
    if let objection = filter.objection(toRecord: record.span, in: volume.rules) {
      return objection.reason == .dirty ? receive.skip(entry.path, objection) : refuse(entry, objection.words)
    }
    if let words = Self.objection(toMapOf: entry) { return refuse(entry, words) }
    guard let object = prepare(Self.path(key, number), name, record, entry) else { return }
    let digest = TransferDigest(entry, record: record)
    if entry.dataBytes <= CacheReceive.bufferLimit {
      try collect(object, entry, reader, digest)
    } else {
      try write(object, entry, reader, digest)
    }
  }

  /// Looks what stands at the object's place; nil when it is not to be written, which is told.
  private mutating func prepare(
    _ above: [UInt8], _ name: [UInt8], _ record: [UInt8], _ entry: PaxEntry
  ) -> ReceivedObject? {
    let path = destinationPath(above.appending(component: name))
    do throws(CopyFault) {
      let directory = try CopyFault.attempt(.destination, "open the directory") { () throws(Errno) in
        try directories.directory(above, in: receive.destination.cache)
      }
      guard let directory, let entryName = EntryName(name), let modification = entry.modification else {
        refuse(entry, directory == nil ? "its directory did not come before it" : "it has no time")
        return nil
      }
      let traits = receive.destination.traits
      let layout = DataLayout(entry.extents, size: entry.size, granule: traits.granule)
      let difference = try ObjectCopier.difference(
        of: entryName, in: directory.value, from: ObjectCopier.Features(entry, record: record), layout, traits.times)
      if let difference, !difference.isPartial {
        receive.skip(
          path,
          difference.isNone
            ? .init(.present, "it is there already")
            : .init(.different, "another object is there (\(difference.words)); it stays"))
        return nil
      }
      return ReceivedObject(
        path: path, name: entryName, directory: directory, size: entry.size, record: record,
        properties: CopyProperties(entry, record: record), access: Self.access(of: entry),
        modification: modification, layout: layout, replacesPart: difference != nil)
    } catch {
      receive.fail(error, path)
      return nil
    }
  }

  /// Reads an object's data. When its sum is right, a thread writes it.
  private mutating func collect(
    _ object: ReceivedObject, _ entry: PaxEntry, _ reader: PaxReader, _ digest: TransferDigest
  ) throws(ArchiveFailure) {
    var (object, digest) = (object, digest)
    var count: UInt64 = 0
    let runs = object.layout.extents
    var pieces: [ReceivedObject.Piece] = []
    while try reader.data({ offset, bytes in
      count += UInt64(bytes.count)
      digest.add(bytes)
      pieces += ReceivedObject.clipped(offset, bytes, to: runs)
    }) {}
    guard count == entry.dataBytes else { return refuse(entry, "its data is not that of its map") }
    object.pieces = pieces
    pendingBytes += count
    pending[pending.count - 1].state = .read(object, digest.sum.value)
  }

  /// Writes an object's data as it comes.
  private mutating func write(
    _ object: ReceivedObject, _ entry: PaxEntry, _ reader: PaxReader, _ digest: TransferDigest
  ) throws(ArchiveFailure) {
    var (count, digest): (UInt64, TransferDigest) = (0, digest)
    do throws(CopyFault) {
      let file = try object.makeFile()
      while true {
        var pieces: [ReceivedObject.Piece] = []
        let isMore: Bool
        do throws(ArchiveFailure) {
          isMore = try reader.data { offset, bytes in
            count += UInt64(bytes.count)
            digest.add(bytes)
            pieces = ReceivedObject.clipped(offset, bytes, to: object.layout.extents)
          }
        } catch {
          report.streamFailure = error
          break
        }
        guard isMore else { break }
        for piece in pieces { try ReceivedObject.write(piece, to: file) }
      }
      if report.streamFailure == nil {
        guard count == entry.dataBytes else { return refuse(entry, "its data is not that of its map") }
        pending[pending.count - 1].state = .written(object, SharedDescriptor(file), digest.sum.value)
      }
    } catch {
      receive.fail(error, object.path)
    }
    if let failure = report.streamFailure { throw failure }
  }

  /// What no map of an object is like: runs out of order, beyond the end, or over each other.
  private static func objection(toMapOf entry: PaxEntry) -> String? {
    if entry.size > UInt64(Int64.max) { return "no file is that long" }
    var end: UInt64 = 0
    for run in entry.extents {
      let (next, overflow) = run.offset.addingReportingOverflow(run.length)
      if overflow || run.offset < end || next > entry.size { return "its map of data is none" }
      end = next
    }
    return nil
  }
}
