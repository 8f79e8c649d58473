// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Looks at every entry of a scan and reports what is wrong; sound objects cost no allocation.
struct CheckVisitor: ScanVisitor {
  private let context: CheckContext
  private let collector: FindingCollector
  private let repairs: RepairPolicy
  private let rootDevice: UInt64
  /// Whether the entries outside volumes belong to this part of the check.
  private let coversAll: Bool
  private var judge: ObjectJudge
  private var judgements: [Judgement] = []

  private(set) var scanned = CheckReport.Scanned()
  private(set) var volumes: [VolumeTally] = []
  private(set) var graveyard = GraveyardTally()
  /// The trees of the old layout by the names of their first directories.
  private(set) var legacy: [[UInt8]: LegacyTally] = [:]
  private(set) var errors: [StoreError] = []

  /// What lies in the graveyard.
  struct GraveyardTally: Sendable {
    var entries = 0
    var strange = 0
    var diskBytes: UInt64 = 0
  }

  /// One tree of the old layout.
  struct LegacyTally: Sendable {
    var status = FileStatus()
    var files = 0
    var diskBytes: UInt64 = 0
  }

  init(
    _ context: CheckContext, _ collector: FindingCollector, _ store: borrowing Store, coversAll: Bool
  ) {
    self.context = context
    self.collector = collector
    repairs = RepairPolicy(policy: collector.policy, context: context)
    rootDevice = store.rootStatus.device
    self.coversAll = coversAll
    judge = ObjectJudge(context)
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    if entry.status.isMountPoint || entry.status.device != rootDevice, !entry.isRoot, !visitElsewhere(entry) { return }
    if case .object = entry.place {
      visitObject(entry)
      return
    }
    let isDirectory = entry.status.kind == .directory
    if isDirectory { noteCaseFolding(entry) }
    switch entry.place {
    case .object: break
    case .root, .cache: break
    case .volume: visitVolume(entry, isDirectory)
    case .fanout: visitFanout(entry, isDirectory)
    case .legacy: if coversAll { visitLegacy(entry) }
    case .graveyard, .buried: if coversAll { visitGraveyard(entry) }
    case .foreign: visitForeign(entry)
    }
  }

  /// What is on another file system, or has another device all the same, as a subvolume and the files of an overlay have. Whether
  /// it is judged like everything else.
  private mutating func visitElsewhere(_ entry: borrowing ScanEntry) -> Bool {
    // Beside `cache` and `graveyard` no kernel looks.
    if case .foreign = entry.place, entry.directory.place == .root {
      visitForeign(entry)
      return false
    }
    let isMounted = entry.status.isMounted(below: rootDevice)
    if !isMounted, entry.status.kind != .directory { return true }
    if let volume = entry.volume { withTally(volume.index) { $0.isIncomplete = true } }
    if isMounted {
      reportMount(entry)
    } else {
      fail(
        StoreError(
          path: entry.path, operation: "look below", error: .improperLink,
          note: "it is a subvolume, or on another file system"))
    }
    return false
  }

  /// A mount point. Where `--only` leaves its problem out, what it hides is still not looked at, which is a failure.
  private mutating func reportMount(_ entry: borrowing ScanEntry) {
    let id: ProblemID = entry.place == .buried ? .g03 : .r06
    report(entry, id, "something is mounted there", .none)
    guard let only = collector.policy.only, !only.contains(id) else { return }
    fail(
      StoreError(
        path: entry.path, operation: "look below", error: .improperLink, note: "something is mounted there"))
  }

  // MARK: Objects

  @inline(__always)
  private mutating func visitObject(_ entry: borrowing ScanEntry) {
    guard let volume = entry.volumeTraits, let fanout = entry.fanout else { return }
    scanned.objects += 1
    let status = entry.status
    judgements.removeAll(keepingCapacity: true)
    judge.judge(
      ObjectJudge.Facts(name: entry.name, status: status, attribute: entry.attribute, value: entry.attributeValue),
      in: volume, fanout: fanout, into: &judgements)
    var dirtiness = Dirtiness.clean
    if status.kind == .regular {
      dirtiness = entry.dirtiness
      let (latest, isUsable) = (context.latestCredibleUse, judge.isUsable)
      let hasHole = hasHole(entry, volume)
      withTally(volume.index) { tally in
        tally.add(status, latestCredible: latest, isUsable: isUsable, hasHole: hasHole)
        if !dirtiness.isClean { tally.dirty += 1 }
      }
      if volume.rules == .unknown { noteLength(entry, volume) }
      if context.isThorough { lookInside(entry) }
    }
    withTally(volume.index) { $0.diskBytes &+= status.allocatedBytes }
    if !judgements.isEmpty { report(entry, dirtiness) }
  }

  /// Whether a file that has as many blocks as it is long has a hole all the same: an attribute, too, takes blocks. It is asked only where
  /// the answer decides whether the volume looks like one that came back from an archive.
  private func hasHole(_ entry: borrowing ScanEntry, _ volume: VolumeTraits) -> Bool {
    guard VolumeTally.looksRestored(entry.status) else { return false }
    if volume.index < volumes.count, volumes[volume.index].dense < volumes[volume.index].large { return false }
    // What cannot be looked at speaks for nothing.
    do throws(StoreError) {
      let file = try entry.open()
      do throws(Errno) {
        let runs = try file.dataExtents(size: entry.status.size)
        return runs != [DataExtent(offset: 0, length: entry.status.size)]
      } catch {
        return true
      }
    } catch {
      return true
    }
  }

  private mutating func withTally(_ index: Int, _ body: (inout VolumeTally) -> Void) {
    while volumes.count <= index { volumes.append(VolumeTally()) }
    body(&volumes[index])
  }

  /// The lengths of attributes that nobody can judge one by one.
  private mutating func noteLength(_ entry: borrowing ScanEntry, _ volume: VolumeTraits) {
    guard case .value(let count) = entry.attribute, count >= ObjectRecord.headerLength else { return }
    let known = volumes[volume.index].lengths[count]?.examples.count ?? 0
    let example = known < VolumeTally.LengthClass.limit ? subject(entry) : nil
    withTally(volume.index) { tally in
      tally.lengths[count, default: VolumeTally.LengthClass()].count += 1
      if let example { tally.lengths[count]?.examples.append(example) }
    }
  }

  /// What only the file's data tells: whether there is any, and what lies beyond the end.
  private mutating func lookInside(_ entry: borrowing ScanEntry) {
    guard case .value = entry.attribute, let record = ObjectRecordView(entry.attributeValue) else { return }
    let size = record.objectSize
    let length = entry.status.size
    guard length > 0 else { return }
    do throws(StoreError) {
      let file = try entry.open()
      do throws(Errno) {
        // What O16 cuts off is no data any more.
        let kept = length / ObjectJudge.pageSize * ObjectJudge.pageSize
        var hasData = false
        var beyond: UInt64?
        for extent in try file.dataExtents(size: length) {
          if kept == 0 || extent.offset < kept { hasData = true }
          if beyond == nil, extent.end > size {
            beyond = try Self.firstByte(in: file, from: max(size, extent.offset), to: extent.end)
          }
        }
        if !hasData { judgements.append(Judgement(.o20, "its \(length) bytes are one hole")) }
        if let beyond { judgements.append(Judgement(.o17, "byte \(beyond) is not zero; the file has \(size) bytes")) }
      } catch {
        throw StoreError(path: entry.path, operation: "read the data of", error: error)
      }
    } catch {
      fail(error)
    }
  }

  /// The first byte that is not zero, where there is one.
  private static func firstByte(
    in file: borrowing OwnedDescriptor, from start: UInt64, to end: UInt64
  ) throws(Errno) -> UInt64? {
    var offset = start
    while offset < end {
      let bytes = try file.read(at: Int64(offset), count: Int(min(end - offset, 64 << 10)))
      if let index = bytes.firstIndex(where: { $0 != 0 }) { return offset + UInt64(index) }
      if bytes.isEmpty { return nil }
      offset += UInt64(bytes.count)
    }
    return nil
  }

  // MARK: Everything else

  private mutating func noteCaseFolding(_ entry: borrowing ScanEntry) {
    switch entry.place {
    case .volume, .fanout: break
    case .cache where coversAll: break
    default: return
    }
    do throws(StoreError) {
      let directory = try entry.open()
      do throws(Errno) {
        if try directory.inodeFlags().contains(.caseFolding) {
          report(entry, .r07, "the directory has the casefold flag", .none)
        }
      } catch {
        throw StoreError(path: entry.path, operation: "read the flags of", error: error)
      }
    } catch {
      fail(error)
    }
  }

  private mutating func visitVolume(_ entry: borrowing ScanEntry, _ isDirectory: Bool) {
    guard isDirectory, let volume = entry.volume else {
      report(entry, .v03, "it is \(entry.status.kind.words)")
      reportFlags(entry)
      return
    }
    scanned.volumes += 1
    let (path, status, attribute) = (entry.path, entry.status, entry.attribute)
    let value = entry.attributeValue.array
    withTally(volume.index) { tally in
      tally.path = path
      tally.status = status
      tally.attribute = attribute
      tally.value = value
      tally.diskBytes &+= status.allocatedBytes
    }
    reportFlags(entry)
  }

  private mutating func visitFanout(_ entry: borrowing ScanEntry, _ isDirectory: Bool) {
    guard isDirectory, let volume = entry.volume else {
      report(entry, .f02, "it is \(entry.status.kind.words)")
      reportFlags(entry)
      return
    }
    scanned.fanouts += 1
    let name = entry.name
    if let fanout = Fanout(directoryName: name) {
      let bytes = entry.status.allocatedBytes
      withTally(volume.index) { tally in
        tally.fanouts.insert(fanout.number)
        tally.diskBytes &+= bytes
      }
    }
    if entry.status.permissions & 0o077 != 0 || entry.status.owner != 0 {
      report(entry, .f03, "its mode is 0\(String(entry.status.permissions, radix: 8)), its owner \(entry.status.owner)")
    }
    reportFlags(entry)
  }

  private mutating func reportFlags(_ entry: borrowing ScanEntry) {
    guard let words = entry.status.protectingFlag else { return }
    report(entry, .o19, entry.status.kind == .directory ? "the directory is \(words)" : "it is \(words)")
  }

  private mutating func visitLegacy(_ entry: borrowing ScanEntry) {
    var top: DirectoryNode? = entry.directory.place == .legacy ? entry.directory : nil
    while let node = top, let above = node.parent, above.place == .legacy { top = above }
    let name = top?.name ?? entry.name.array
    var tally = legacy[name] ?? LegacyTally()
    if top == nil { tally.status = entry.status }
    if entry.status.kind == .regular { tally.files += 1 }
    tally.diskBytes &+= entry.status.allocatedBytes
    legacy[name] = tally
    reportFlags(entry)
  }

  private mutating func visitGraveyard(_ entry: borrowing ScanEntry) {
    if let words = entry.status.protectingFlag { report(entry, .g03, "it is \(words)") }
    guard entry.place == .buried else { return }
    scanned.graveyardEntries += 1
    graveyard.diskBytes &+= entry.status.allocatedBytes
    guard entry.directory.place == .graveyard else { return }
    graveyard.entries += 1
    let name = entry.name
    if GraveyardName(name) == nil { graveyard.strange += 1 }
  }

  private mutating func visitForeign(_ entry: borrowing ScanEntry) {
    switch entry.directory.place {
    case .root where coversAll && !entry.isRoot:
      let name = entry.name
      if name.equals("lost+found") { return }
      report(entry, .r09, "it is \(entry.status.kind.words)")
    case .cache where coversAll:
      report(entry, .v01, "it is \(entry.status.kind.words)")
      reportFlags(entry)
    case .volume:
      report(entry, .v09, "it is \(entry.status.kind.words)")
      reportFlags(entry)
    default: break
    }
  }

  // MARK: Reporting

  private mutating func fail(_ error: StoreError) {
    let hasChanged = error.error == .noSuchFileOrDirectory || error.error == .staleNFSFileHandle
    if !context.isLive || !hasChanged { errors.append(error) }
  }

  private func subject(_ entry: borrowing ScanEntry) -> Finding.Subject {
    Finding.Subject(path: entry.cachePath, entry.status)
  }

  /// Reports what was judged of an object.
  private mutating func report(_ entry: borrowing ScanEntry, _ dirtiness: Dirtiness) {
    let subject = subject(entry)
    for judgement in judgements {
      collector.report(
        judgement.id, subject, path: entry.path, message: judgement.message, diskBytes: entry.status.allocatedBytes,
        repairs.decide(judgement.id, object: dirtiness, links: entry.status.links),
        severity: judgement.id == .o10 && context.isLive ? .note : nil)
    }
  }

  private func report(_ entry: borrowing ScanEntry, _ id: ProblemID, _ message: String) {
    report(entry, id, message, repairs.decide(id))
  }

  private func report(
    _ entry: borrowing ScanEntry, _ id: ProblemID, _ message: String, _ decision: RepairDecision
  ) {
    collector.report(
      id, subject(entry), path: entry.path, message: message, diskBytes: entry.status.allocatedBytes, decision)
  }

  mutating func merge(_ other: consuming CheckVisitor) {
    scanned += other.scanned
    for (index, tally) in other.volumes.enumerated() { withTally(index) { $0.merge(tally) } }
    graveyard.entries += other.graveyard.entries
    graveyard.strange += other.graveyard.strange
    graveyard.diskBytes &+= other.graveyard.diskBytes
    for (name, tally) in other.legacy {
      var mine = legacy[name] ?? LegacyTally()
      if tally.status.inode != 0 { mine.status = tally.status }
      mine.files += tally.files
      mine.diskBytes &+= tally.diskBytes
      legacy[name] = mine
    }
    errors += other.errors
  }
}
