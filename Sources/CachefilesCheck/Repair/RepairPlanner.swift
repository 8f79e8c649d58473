// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Turns a finding into the steps that mend it, from a fresh look at the entry. Changes nothing.
struct RepairPlanner {
  /// Whether entries are removed for good where the default buries them.
  let deletes: Bool
  /// The time of day.
  let now: Timestamp
  /// Names for what is buried.
  var graves: GraveyardNames
  /// Whether a step that makes the graveyard has been planned.
  private var makesGraveyard = false

  init(deletes: Bool, now: Timestamp) {
    self.deletes = deletes
    self.now = now
    graves = GraveyardNames(now: now)
  }

  /// The name that `graveyard` has between two steps of its replacement; where it is taken a number is appended.
  static let displacedName = Array("graveyard.cachefiles-fsck".utf8)

  /// Whether a name is one that the planner gives to a displaced `graveyard`.
  static func isDisplacedName(_ name: some Sequence<UInt8>) -> Bool {
    let name = Array(name)
    guard name.starts(with: displacedName) else { return false }
    let rest = name.dropFirst(displacedName.count)
    if rest.isEmpty { return true }
    guard rest.first == UInt8(ascii: "-"), rest.count > 1, rest.dropFirst().first != UInt8(ascii: "0") else {
      return false
    }
    return rest.dropFirst().allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  /// The steps for a finding. ESTALE when the entry is no longer as it was found.
  ///
  /// - Parameter time: the time of change that the entry has if nobody else has changed it.
  mutating func plan(
    _ finding: Finding, _ entry: borrowing EntryHandle, changedAt time: Timestamp, _ finder: EntryFinder
  ) throws(Errno) -> [JournalStep] {
    guard let verb = finding.repair else { return [] }
    let status = entry.status
    guard finding.subject.matches(status, changedAt: time) else { throw .staleNFSFileHandle }
    switch verb {
    case .bury: return try bury(finding, entry, finder)
    case .replace: return try replaceGraveyard(finding, status, finder)
    case .clearFlag: return try [clearFlag(finding, entry)]
    case .setHeader: return try [setAttribute(finding, entry, VolumeRecord().bytes)]
    case .removeAttribute: return try [setAttribute(finding, entry, nil)]
    case .setMode:
      let old = JournalStep.Access(mode: status.permissions, owner: status.owner, group: status.group)
      return [step(finding, status, .setMode(old: old, new: JournalStep.Access(mode: 0o700, owner: 0, group: 0)))]
    case .resetAccessTime:
      // The last use that is certain: it was written then. A moment of today would be a use that never was, from which the next check would
      // conclude that other volumes are left behind. A whole second: every file system keeps it as it is, so an undo knows it again, and the next
      // check knows that it tells nothing of use (`VolumeTally.isReset`).
      let access = min(now, status.modification)
      let new = EntryTimes(access: Timestamp(seconds: access.seconds), modification: status.modification)
      return [step(finding, status, .setTimes(old: EntryTimes(status), new: new))]
    case .truncate: return try [truncate(finding, entry)]
    }
  }

  /// The graveyard was asked for and could not be made: it has to be planned again.
  mutating func forgetGraveyard() { makesGraveyard = false }

  private mutating func bury(
    _ finding: Finding, _ entry: borrowing EntryHandle, _ finder: EntryFinder
  ) throws(Errno) -> [JournalStep] {
    let parent = EntryTimes(try entry.directory.value.status())
    if deletes { return [step(finding, entry.status, .remove, parent: parent)] }
    var steps: [JournalStep] = []
    let graveyard = try graveyardStatus(finder)
    if graveyard == nil, !makesGraveyard {
      makesGraveyard = true
      steps.append(makeGraveyard(finding, try rootTimes(finder)))
    }
    let grave = graves.next()
    steps.append(
      step(finding, entry.status, .move(to: grave, times: graveyard.map(EntryTimes.init)), parent: parent))
    return steps
  }

  /// What the graveyard is like; nil when there is none. It stays open for the burials that follow.
  private func graveyardStatus(_ finder: EntryFinder) throws(Errno) -> FileStatus? {
    do throws(Errno) {
      return try finder.directory(.graveyard).value.status()
    } catch {
      return try finder.status(.graveyard)
    }
  }

  /// `graveyard` gives way to a directory, into which it goes itself. A run that is cut off in between leaves it under
  /// ``displacedName``, where it stays until it is taken back by its journal: a name proves nothing about whose a file is.
  private mutating func replaceGraveyard(
    _ finding: Finding, _ status: FileStatus, _ finder: EntryFinder
  ) throws(Errno) -> [JournalStep] {
    let root = try rootTimes(finder)
    guard finding.subject.path == .graveyard else { throw .invalidArgument }
    var displaced: CachePath
    var number = 1
    repeat {
      displaced = CachePath(Self.displacedName + (number == 1 ? [] : Array("-\(number)".utf8)))
      number += 1
    } while try finder.find(displaced) != nil
    makesGraveyard = true
    var last = step(
      finding, status, deletes ? .remove : .move(to: graves.next(), times: nil), parent: root)
    last.path = displaced
    return [
      step(finding, status, .move(to: displaced, times: root), parent: root),
      makeGraveyard(finding, root), last,
    ]
  }

  private func makeGraveyard(_ finding: Finding, _ root: EntryTimes) -> JournalStep {
    JournalStep(
      problem: finding.id.rawValue, path: .graveyard, inode: 0, change: .makeDirectory,
      parentTimes: root)
  }

  private func clearFlag(_ finding: Finding, _ entry: borrowing EntryHandle) throws(Errno) -> JournalStep {
    let old = try entry.open(.inspect).inodeFlags()
    let new = old.subtracting([.immutable, .appendOnly])
    return step(finding, entry.status, .setFlags(old: old.rawValue, new: new.rawValue))
  }

  private func setAttribute(
    _ finding: Finding, _ entry: borrowing EntryHandle, _ value: [UInt8]?
  ) throws(Errno) -> JournalStep {
    let old = try entry.open(.inspect).attribute(CacheAttribute.name)
    return step(
      finding, entry.status, .setAttribute(old: old.map(JournalBytes.init), new: value.map(JournalBytes.init)))
  }

  private func truncate(_ finding: Finding, _ entry: borrowing EntryHandle) throws(Errno) -> JournalStep {
    let size = entry.status.size
    let length = size / ObjectJudge.pageSize * ObjectJudge.pageSize
    let file = try entry.open(.inspect)
    var tail: [JournalStep.Run] = []
    for extent in try file.dataExtents(size: size) where extent.end > length {
      let start = max(extent.offset, length)
      let data = try file.read(at: Int64(start), count: Int(min(extent.end, size) - start))
      tail.append(JournalStep.Run(offset: start, data: JournalBytes(data)))
    }
    return step(
      finding, entry.status, .truncate(old: size, new: length, tail: tail, times: EntryTimes(entry.status)))
  }

  private func rootTimes(_ finder: EntryFinder) throws(Errno) -> EntryTimes {
    EntryTimes(try finder.directory(.root).value.status())
  }

  private func step(
    _ finding: Finding, _ status: FileStatus, _ change: JournalStep.Change, parent: EntryTimes? = nil
  ) -> JournalStep {
    JournalStep(
      problem: finding.id.rawValue, path: finding.subject.path, inode: status.inode, change: change,
      parentTimes: parent)
  }
}
