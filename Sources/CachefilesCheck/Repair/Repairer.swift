// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Carries out the repairs that findings ask for, a batch at a time: look, write the journal, act.
struct Repairer: ~Copyable {
  private let options: Options
  private var planner: RepairPlanner
  private var journal: Journal?
  /// The paths of what is no longer where it was.
  private var gone: Set<CachePath> = []
  private var own = ExpectedChanges()
  /// The entries of steps that failed, and may have been made half.
  private var incomplete: [CachePath] = []
  private let values = AttributeBuffer(capacity: 1024)

  /// How repairs are done.
  struct Options {
    /// Where the journal goes.
    var journal: FilePath
    /// Whether entries are removed for good where the default buries them.
    var deletes = false
    /// Whether dirty objects may go with what is buried.
    var includesDirty = false
    /// The time of day.
    var now: Timestamp
    /// Asked between two repairs; true ends them.
    var isCancelled: () -> Bool
    /// Called for each repair that cannot be made.
    var onFailure: (StoreError) -> Void
  }

  /// How a round of repairs ended.
  enum Outcome: Equatable {
    case complete
    /// A signal or the time limit.
    case interrupted
    /// The cache came up, or the journal cannot be written.
    case refused(Refusal)
  }

  /// At most so many repairs are written to the journal at once, and made before the cache is asked again whether it is
  /// live.
  static let batchSize = 64
  /// At most so many steps are in one batch: none takes more than three.
  static let longestBatch = 3 * batchSize

  init(_ options: Options) {
    self.options = options
    planner = RepairPlanner(deletes: options.deletes, now: options.now)
  }

  /// Where the journal is; nil while none has been needed.
  var journalPath: FilePath? { journal == nil ? nil : options.journal }

  /// A finding on its way through a batch.
  private struct Work {
    var finding: Finding
    /// The entry, where something is to be done to it.
    var entry: EntryHandle?
    var steps: [JournalStep] = []
    /// Whether it goes with something that the same batch moves.
    var isCovered = false
    /// Whether its steps could not be found, or something keeps it where it is.
    var hasFailed = false
  }

  /// Makes the repairs, and gives back each finding with ``Finding/isRepaired`` set.
  mutating func repair(
    _ findings: [Finding], in cache: borrowing ExclusiveCache, record: (Finding) -> Void
  ) -> Outcome {
    let ordered = findings.sorted { Self.order($0, $1) }
    own = ExpectedChanges(findings)
    // What stands in the place of something that went in an earlier round was found since.
    gone = []
    var next = 0
    var outcome = Outcome.complete
    while next < ordered.count {
      if options.isCancelled() {
        outcome = .interrupted
        break
      }
      do throws(Refusal) { try cache.requireStillFree() } catch {
        outcome = .refused(error)
        break
      }
      let end = Self.end(of: ordered, from: next)
      do throws(Refusal) {
        for finding in try repair(ordered[next..<end], cache.store) { record(finding) }
      } catch {
        outcome = .refused(error)
        break
      }
      next = end
    }
    for finding in ordered[next...] { record(finding) }
    return outcome
  }

  /// Makes the repairs of one batch. The entries are found once: what is done to one is done where it was found, after one
  /// more look.
  private mutating func repair(
    _ findings: ArraySlice<Finding>, _ store: borrowing Store
  ) throws(Refusal) -> [Finding] {
    let finder: EntryFinder
    do throws(Errno) { finder = try EntryFinder(store) } catch {
      throw .unmet("the directory cannot be opened once more: \(error)")
    }
    var leaving: Set<CachePath> = []
    let batch = findings.map { plan($0, finder, store, &leaving) }
    do throws(JournalFailure) { try write(batch.flatMap(\.steps), finder, store) } catch {
      throw .unmet(error.description)
    }
    return batch.map { perform($0, finder, store) }
  }

  private mutating func write(
    _ steps: [JournalStep], _ finder: EntryFinder, _ store: borrowing Store
  ) throws(JournalFailure) {
    guard !steps.isEmpty else { return }
    if journal == nil { journal = try Journal(path: options.journal, of: store, started: options.now) }
    // A step may be about what an earlier one of the same batch moves.
    var moved: [CachePath: JournalStep] = [:]
    var described: [JournalStep] = []
    for step in steps {
      var step = step
      if let source = moved[step.path] {
        (step.birth, step.facts) = (source.birth, source.facts)
      } else if step.facts == nil, step.inode != 0, !step.path.isRoot, let entry = try? finder.find(step.path) {
        (step.birth, step.facts) = (entry.birth, EntryFacts(entry, values))
      }
      if case .move(let destination, _) = step.change { moved[destination] = step }
      described.append(step)
    }
    try journal?.write(described)
  }

  /// Ends the journal. A run that was cut off has not done so.
  func finish() { journal?.finish(incomplete: incomplete) }

  private mutating func plan(
    _ finding: Finding, _ finder: EntryFinder, _ store: borrowing Store, _ leaving: inout Set<CachePath>
  ) -> Work {
    let path = finding.subject.path
    if isGone(path) || leaving.contains(path) || path.ancestors.contains(where: { leaving.contains($0) }) {
      return Work(finding: finding, isCovered: true)
    }
    do throws(Errno) {
      guard let entry = try finder.find(path) else { throw .staleNFSFileHandle }
      let reading = entry.readAttribute(into: values)
      let facts = path.isRoot ? nil : EntryFacts(entry, reading, values)
      let content = try survey(
        finding, entry, Dirtiness(reading, values, inLegacyTree: path.isInLegacyTree), store)
      if let obstacle = content.obstacle {
        var kept = finding
        if let verb = finding.repair { kept.decision = .withheld(verb, .obstacle(obstacle.description)) }
        return Work(finding: kept, hasFailed: true)
      }
      var steps = try planner.plan(finding, entry, changedAt: own.changeTime(of: finding.subject), finder)
      for index in steps.indices where steps[index].path == path && steps[index].inode == entry.status.inode {
        (steps[index].birth, steps[index].facts) = (entry.birth, facts)
      }
      for index in steps.indices where steps[index].isMove && content.entries > 0 {
        steps[index].entries = content.entries
      }
      if Self.moves(finding) { leaving.insert(path) }
      return Work(finding: finding, entry: entry, steps: steps)
    } catch {
      fail(finding, error)
      return Work(finding: finding, hasFailed: true)
    }
  }

  /// Looks through what is to be buried, where that is the repair, for what must not come to lie in the graveyard.
  private func survey(
    _ finding: Finding, _ entry: borrowing EntryHandle, _ dirtiness: Dirtiness, _ store: borrowing Store
  ) throws(Errno) -> BurialSurvey.Content {
    guard finding.repair == .bury || finding.repair == .replace else { return BurialSurvey.Content() }
    let survey = BurialSurvey(options.includesDirty ? .ignore : .spare, isCancelled: options.isCancelled)
    return try survey.look(at: entry, in: store, dirtiness)
  }

  private mutating func perform(_ work: Work, _ finder: EntryFinder, _ store: borrowing Store) -> Finding {
    var finding = work.finding
    if work.hasFailed { return finding }
    if isGone(finding.subject.path) {
      finding.isRepaired = true
      return finding
    }
    guard !work.isCovered, var entry = work.entry else { return finding }
    do throws(Errno) {
      try entry.lookAgain()
      guard finding.subject.matches(entry.status, changedAt: own.changeTime(of: finding.subject)) else {
        throw .staleNFSFileHandle
      }
      for step in work.steps {
        do throws(Errno) { try perform(step, entry, finder, store) } catch {
          incomplete.append(step.path)
          throw error
        }
      }
      finding.isRepaired = true
      if Self.moves(finding) { gone.insert(finding.subject.path) }
    } catch {
      fail(finding, error)
    }
    return finding
  }

  /// Makes one change. A name that is taken in the graveyard is no obstacle: the next one is written and tried.
  private mutating func perform(
    _ planned: JournalStep, _ entry: EntryHandle, _ finder: EntryFinder, _ store: borrowing Store
  ) throws(Errno) {
    var step = planned
    for _ in 0..<GraveyardNames.attempts {
      do throws(Errno) {
        let before = own.places(of: step).map { $0.status(finder) }
        if step.path == entry.path, step.inode == entry.status.inode {
          try entry.perform(step, finder)
        } else {
          try finder.perform(step)
        }
        for (place, old) in zip(own.places(of: step), before) {
          guard let old, let new = place.status(finder), new.inode == old.inode else { continue }
          own.note(new.inode, from: old.change, to: new.change)
        }
        return
      } catch {
        switch step.change {
        case .makeDirectory:
          planner.forgetGraveyard()
          if error != .fileExists { throw error }
          return
        case .move(let destination, let times) where error == .fileExists && destination.parent == .graveyard:
          step.change = .move(to: planner.graves.next(), times: times)
          do throws(JournalFailure) { try write([step], finder, store) } catch { throw .ioError }
        default: throw error
        }
      }
    }
    throw .fileExists
  }

  private static func moves(_ finding: Finding) -> Bool { finding.repair == .bury || finding.repair == .replace }

  private func isGone(_ path: CachePath) -> Bool {
    !gone.isEmpty && (gone.contains(path) || path.ancestors.contains { gone.contains($0) })
  }

  private func fail(_ finding: Finding, _ error: Errno) {
    let verb = finding.repair?.infinitive ?? "repair"
    let note: String? =
      switch error {
      case .staleNFSFileHandle: "it has changed since it was looked at: run again"
      case .notPermitted:
        CurrentProcess.user == 0 ? "it, or the directory that it stands in, may be immutable" : "that takes root"
      case .improperLink: "something is mounted there, or the graveyard is of another project, for quotas (chattr -p)"
      default: nil
      }
    options.onFailure(StoreError(path: finding.path, operation: verb, error: error, note: note))
  }

  /// What must come first: flags that forbid changes, a graveyard, then the higher directory before what is in it.
  private static func order(_ left: Finding, _ right: Finding) -> Bool {
    let (one, other) = (rank(left.repair), rank(right.repair))
    if one != other { return one < other }
    let (depth, otherDepth) = (left.subject.path.depth, right.subject.path.depth)
    if depth != otherDepth { return depth < otherDepth }
    return left.subject.path.bytes.lexicographicallyPrecedes(right.subject.path.bytes)
  }

  /// Where the batch ends that begins at an index: each rank has its own. Flags are cleared before a burial is planned, for
  /// they are in its way, and what is journalled of an entry is what earlier repairs left of it.
  private static func end(of findings: [Finding], from start: Int) -> Int {
    let rank = rank(findings[start].repair)
    var end = start + 1
    while end < min(start + batchSize, findings.count), Self.rank(findings[end].repair) == rank { end += 1 }
    return end
  }

  private static func rank(_ verb: RepairVerb?) -> Int {
    switch verb {
    case .clearFlag: 0
    case .replace: 1
    case .bury: 2
    case .setHeader, .setMode, .removeAttribute, .resetAccessTime: 3
    case .truncate: 4
    case nil: 5
    }
  }
}
