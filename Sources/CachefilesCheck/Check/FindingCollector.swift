// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO
import Synchronization

/// The one way that every finding takes: it is weighed, counted, kept up to a number, handed on, and set aside for its
/// repair.
final class FindingCollector: Sendable {
  let policy: CheckPolicy
  /// At most so many findings of one problem are kept; all are counted.
  static let keptPerProblem = 1000
  /// At most so many repairs wait; what is beyond is found again by another scan.
  let repairLimit: Int

  private let state = Guarded(State())
  private let onFinding: @Sendable (Finding) -> Void

  private struct State {
    var counts: [Int] = Array(repeating: 0, count: ProblemID.allCases.count)
    var repaired: [Int] = Array(repeating: 0, count: ProblemID.allCases.count)
    var bytes: [UInt64] = Array(repeating: 0, count: ProblemID.allCases.count)
    var kept: [[Finding]] = Array(repeating: [], count: ProblemID.allCases.count)
    /// The last path of the kept ones of a problem that has had too many: what comes after it is only counted.
    var lastKept: [[UInt8]?] = Array(repeating: nil, count: ProblemID.allCases.count)
    var waiting: [Finding] = []
    var overflowed = false
    /// What could not wait and has not come in again: it is left.
    var beyond: [Int] = Array(repeating: 0, count: ProblemID.allCases.count)
    /// The first volume, by its key, of which something could not wait.
    var firstBeyond: [UInt8]?
    var isRepeating = false
    var failed: Set<CachePath> = []
    /// What was mended of the root's own entries, which are looked at again after each round of repairs.
    var mended: Set<Mended> = []
  }

  private struct Mended: Hashable {
    let id: ProblemID
    let path: CachePath
  }

  /// Findings are handed on from one thread at a time.
  init(_ policy: CheckPolicy, repairLimit: Int = 100_000, onFinding: @escaping @Sendable (Finding) -> Void) {
    self.policy = policy
    self.repairLimit = repairLimit
    self.onFinding = onFinding
  }

  /// Takes a finding in. The severity is set here; the decision says whether this one can be mended at all.
  func report(
    _ id: ProblemID, _ subject: Finding.Subject, path: [UInt8], message: String, diskBytes: UInt64,
    _ decision: RepairDecision, severity forced: Severity? = nil
  ) {
    if let only = policy.only, !only.contains(id) { return }
    let severity = policy.severities[id] ?? forced ?? ProblemKind.of(id).severity
    guard severity != .ignore else { return }
    let finding = Finding(
      id: id, severity: severity, path: path, message: message, diskBytes: diskBytes, decision: decision,
      subject: subject)
    state.withLock { state in
      if decision.offered != nil, policy.allowsRepair(of: ProblemKind.of(id)) {
        if state.isRepeating, state.failed.contains(subject.path) { return }
        if state.mended.contains(Mended(id: id, path: subject.path)) {
          // A file system that does not keep what is set would have it mended for ever.
          return recordReturned(finding, &state)
        }
        if state.waiting.count < repairLimit {
          state.waiting.append(finding)
          // Another look comes across what could not wait in the one before.
          if state.isRepeating { state.beyond[id.index] = max(0, state.beyond[id.index] - 1) }
        } else {
          Self.defer(finding, &state)
        }
      } else if !state.isRepeating {
        Self.record(finding, &state)
        onFinding(finding)
      }
    }
  }

  private func recordReturned(_ finding: Finding, _ state: inout State) {
    var finding = finding
    if let verb = finding.decision.offered {
      finding.decision = .withheld(verb, .obstacle("it was repaired, and is found again: something undoes it"))
    }
    state.failed.insert(finding.subject.path)
    Self.record(finding, &state)
    onFinding(finding)
  }

  private static func `defer`(_ finding: Finding, _ state: inout State) {
    state.overflowed = true
    if !state.isRepeating { state.beyond[finding.id.index] += 1 }
    guard let key = finding.subject.path.volumeKey else { return }
    if state.firstBeyond.map({ key.lexicographicallyPrecedes($0) }) ?? true { state.firstBeyond = key }
  }

  /// The findings that wait for their repair.
  struct Waiting {
    var findings: [Finding]
    /// Whether there are no more than could wait.
    var isComplete: Bool
    /// The key of the first volume of which something could not wait.
    var firstBeyond: [UInt8]?
  }

  /// Hands out the findings that wait for their repair. What could not wait counts as left until another look finds it.
  func takeWaiting() -> Waiting {
    state.withLock { state in
      defer {
        state.waiting = []
        state.overflowed = false
        state.firstBeyond = nil
        state.isRepeating = true
      }
      return Waiting(findings: state.waiting, isComplete: !state.overflowed, firstBeyond: state.firstBeyond)
    }
  }

  /// Notes that a whole look found nothing but what waits: what it did not come across again is mended or gone.
  func forgetBeyond() {
    state.withLock { state in
      if !state.overflowed { state.beyond = Array(repeating: 0, count: ProblemID.allCases.count) }
    }
  }

  /// How many findings could not wait and have not come in again.
  var countBeyond: Int { state.withLock { $0.beyond.reduce(0, +) } }

  /// Counts a finding whose repair was tried, or not reached.
  func record(_ finding: Finding) {
    state.withLock { state in
      let path = finding.subject.path
      if !finding.isRepaired {
        state.failed.insert(path)
      } else if path.isRoot || path.parent.isRoot {
        state.mended.insert(Mended(id: finding.id, path: path))
      }
      Self.record(finding, &state)
      onFinding(finding)
    }
  }

  private static func record(_ finding: Finding, _ state: inout State) {
    let index = finding.id.index
    state.counts[index] += 1
    state.bytes[index] &+= finding.diskBytes
    if finding.isRepaired { state.repaired[index] += 1 }
    if let last = state.lastKept[index], !finding.path.lexicographicallyPrecedes(last) { return }
    state.kept[index].append(finding)
    if state.kept[index].count >= 2 * keptPerProblem {
      cut(&state.kept[index])
      state.lastKept[index] = state.kept[index].last?.path
    }
  }

  /// Keeps the first by path, so that the report is the same whichever thread was faster.
  private static func cut(_ findings: inout [Finding]) {
    findings.sort { $0.path.lexicographicallyPrecedes($1.path) }
    if findings.count > keptPerProblem { findings.removeLast(findings.count - keptPerProblem) }
  }

  /// What has come in so far, problem by problem, worst first.
  func groups() -> [CheckReport.Group] {
    state.withLock { state in
      ProblemID.allCases.compactMap { id -> CheckReport.Group? in
        let index = id.index
        let count = state.counts[index] + state.beyond[index]
        guard count > 0 else { return nil }
        Self.cut(&state.kept[index])
        let severity = state.kept[index].map(\.severity).max() ?? policy.severity(of: id)
        return CheckReport.Group(
          kind: ProblemKind.of(id), severity: severity, count: count, repaired: state.repaired[index],
          diskBytes: state.bytes[index], findings: state.kept[index])
      }
      .sorted { $0.severity == $1.severity ? $0.kind.id.index < $1.kind.id.index : $0.severity > $1.severity }
    }
  }
}
