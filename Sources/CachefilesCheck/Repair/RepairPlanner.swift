import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Turns a finding into the steps that mend it, from a fresh look at the entry. Changes nothing.
struct RepairPlanner {
  /// Whether entries are removed for good where the default buries them.
  let deletes: Bool
  /// Nanoseconds since 1970.
  let now: Int64
  /// Names for what is buried.
  var graves: GraveyardNames
  /// Whether a step that makes the graveyard has been planned.
  private var makesGraveyard = false

  init(deletes: Bool, now: Int64) {
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
    _ finding: Finding, changedAt time: Int64, in store: borrowing Store
  ) throws(Errno) -> [JournalStep] {
    guard let verb = finding.repair else { return [] }
    let path = finding.subject.path
    guard let status = try store.status(ofEntry: path), finding.subject.matches(status, changedAt: time) else {
      throw .staleNFSFileHandle
    }
    switch verb {
    case .bury: return try bury(finding, status, store)
    case .replace: return try replaceGraveyard(finding, status, store)
    case .clearFlag: return try [clearFlag(finding, status, store)]
    case .setHeader: return try [setAttribute(finding, status, VolumeRecord().bytes, store)]
    case .removeAttribute: return try [setAttribute(finding, status, nil, store)]
    case .setMode:
      let old = JournalStep.Access(mode: status.permissions, owner: status.owner, group: status.group)
      return [step(finding, status, .setMode(old: old, new: JournalStep.Access(mode: 0o700, owner: 0, group: 0)))]
    case .resetAccessTime:
      // A whole second: every file system keeps it as it is, and so an undo knows it again.
      let new = EntryTimes(
        access: Timestamp(seconds: Timestamp(nanosecondsSince1970: now).seconds, nanoseconds: 0),
        modification: status.modification)
      return [step(finding, status, .setTimes(old: EntryTimes(status), new: new))]
    case .truncate: return try [truncate(finding, status, store)]
    }
  }

  /// The graveyard was asked for and could not be made: it has to be planned again.
  mutating func forgetGraveyard() { makesGraveyard = false }

  private mutating func bury(
    _ finding: Finding, _ status: FileStatus, _ store: borrowing Store
  ) throws(Errno) -> [JournalStep] {
    let parent = try times(of: finding.subject.path.parentPath, store)
    if deletes { return [step(finding, status, .remove, parent: parent)] }
    var steps: [JournalStep] = []
    let graveyard = try store.status(ofEntry: Store.graveyardName.bytes)
    if graveyard == nil, !makesGraveyard {
      makesGraveyard = true
      steps.append(makeGraveyard(finding, try times(of: [], store)))
    }
    let grave = JournalPath(graves.next())
    steps.append(
      step(finding, status, .move(to: grave, times: graveyard.map(EntryTimes.init)), parent: parent))
    return steps
  }

  /// `graveyard` gives way to a directory, into which it goes itself. A run that is cut off in between leaves it under
  /// ``displacedName``, where it stays until it is taken back by its journal: a name proves nothing about whose a file is.
  private mutating func replaceGraveyard(
    _ finding: Finding, _ status: FileStatus, _ store: borrowing Store
  ) throws(Errno) -> [JournalStep] {
    let name = Store.graveyardName.bytes
    let root = try times(of: [], store)
    guard finding.subject.path == name else { throw .invalidArgument }
    var displaced: [UInt8]
    var number = 1
    repeat {
      displaced = Self.displacedName + (number == 1 ? [] : Array("-\(number)".utf8))
      number += 1
    } while try store.status(ofEntry: displaced) != nil
    makesGraveyard = true
    var last = step(
      finding, status, deletes ? .remove : .move(to: JournalPath(graves.next()), times: nil), parent: root)
    last.path = JournalPath(displaced)
    return [
      step(finding, status, .move(to: JournalPath(displaced), times: root), parent: root),
      makeGraveyard(finding, root), last,
    ]
  }

  private func makeGraveyard(_ finding: Finding, _ root: EntryTimes) -> JournalStep {
    JournalStep(
      problem: finding.id.rawValue, path: JournalPath(Store.graveyardName.bytes), inode: 0, change: .makeDirectory,
      parentTimes: root)
  }

  private func clearFlag(
    _ finding: Finding, _ status: FileStatus, _ store: borrowing Store
  ) throws(Errno) -> JournalStep {
    var old = InodeFlags()
    try store.withEntry(finding.subject.path, .inspect) { (entry) throws(Errno) in old = try entry.inodeFlags() }
    let new = old.subtracting([.immutable, .appendOnly])
    return step(finding, status, .setFlags(old: old.rawValue, new: new.rawValue))
  }

  private func setAttribute(
    _ finding: Finding, _ status: FileStatus, _ value: [UInt8]?, _ store: borrowing Store
  ) throws(Errno) -> JournalStep {
    var old: [UInt8]?
    try store.withEntry(finding.subject.path, .inspect) { (entry) throws(Errno) in
      old = try entry.attribute(CacheAttribute.name)
    }
    return step(finding, status, .setAttribute(old: old.map(JournalBytes.init), new: value.map(JournalBytes.init)))
  }

  private func truncate(
    _ finding: Finding, _ status: FileStatus, _ store: borrowing Store
  ) throws(Errno) -> JournalStep {
    let length = status.size / ObjectJudge.pageSize * ObjectJudge.pageSize
    var tail: [JournalStep.Run] = []
    try store.withEntry(finding.subject.path, .inspect) { (entry) throws(Errno) in
      for extent in try entry.dataExtents(size: status.size) where extent.end > length {
        let start = max(extent.offset, length)
        let data = try entry.read(at: Int64(start), count: Int(min(extent.end, status.size) - start))
        tail.append(JournalStep.Run(offset: start, data: JournalBytes(data)))
      }
    }
    return step(
      finding, status,
      .truncate(old: status.size, new: length, tail: tail, times: EntryTimes(status)))
  }

  private func times(of path: [UInt8], _ store: borrowing Store) throws(Errno) -> EntryTimes {
    guard let status = try store.status(ofEntry: path) else { throw .staleNFSFileHandle }
    return EntryTimes(status)
  }

  private func step(
    _ finding: Finding, _ status: FileStatus, _ change: JournalStep.Change, parent: EntryTimes? = nil
  ) -> JournalStep {
    JournalStep(
      problem: finding.id.rawValue, path: JournalPath(finding.subject.path), inode: status.inode, change: change,
      parentTimes: parent)
  }
}
