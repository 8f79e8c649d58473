// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Repairs what can be repaired of a cache in use: objects that no kernel would use go, with the kernel's leave. There is no
/// journal and no undo: what the kernel unlinks is gone.
struct LiveRepairer {
  /// How repairs are done.
  struct Options: Sendable {
    /// Asked before each repair; true ends them.
    var isCancelled: @Sendable () -> Bool
    /// Called for each repair that cannot be made.
    var onFailure: @Sendable (StoreError) -> Void
  }

  private let options: Options
  private let hold: SharedLiveHold

  init(_ options: Options, _ hold: SharedLiveHold) {
    self.options = options
    self.hold = hold
  }

  /// Makes the repairs, and gives back each finding with what became of it. The order is that of the paths.
  ///
  /// - Throws: ``Refusal/stopped(_:)`` when the daemon ended or the kernel withdrew the cache; the findings are given back all
  ///   the same.
  func repair(_ findings: [Finding], settle: @escaping @Sendable (Finding) -> Void) throws(Refusal) {
    let ordered = findings.sorted { $0.subject.path.bytes.lexicographicallyPrecedes($1.subject.path.bytes) }
    let (options, hold) = (options, hold)
    let refusal: Refusal? = try hold.withRemover { remover in
      let work = LiveRepairWork(hold: hold, remover: remover, options: options)
      var refusal: Refusal?
      for finding in ordered {
        guard refusal == nil, !options.isCancelled() else {
          settle(finding)
          continue
        }
        do throws(Refusal) { settle(try work.repair(finding)) } catch {
          refusal = error
          settle(finding)
        }
      }
      return refusal
    }
    if let refusal { throw refusal }
  }
}

/// The repairs on the thread that gives the kernel commands.
private struct LiveRepairWork {
  let hold: SharedLiveHold
  let remover: LiveRemover
  let options: LiveRepairer.Options

  func repair(_ finding: Finding) throws(Refusal) -> Finding {
    var finding = finding
    guard let verb = finding.repair else { return finding }
    let path = finding.subject.path
    guard verb == .bury, path.place == .object, let name = path.name else {
      finding.decision = .withheld(verb, .needsOffline)
      return finding
    }
    do throws(Errno) {
      guard let entry = try EntryFinder(hold.live.store).find(path),
        finding.subject.matches(entry.status, changedAt: finding.subject.changeTime)
      else { throw .staleNFSFileHandle }
      let survey = BurialSurvey(.spare, isCancelled: options.isCancelled)
      if let obstacle = try survey.look(at: entry, in: hold.live.store).obstacle {
        finding.decision = .withheld(verb, .obstacle(obstacle.description))
        return finding
      }
    } catch {
      return failed(finding, error)
    }
    let way: SeenDirectory
    do throws(Errno) {
      way = try SeenDirectory(path.parent.components.compactMap { EntryName($0) }, below: hold.live.store.root)
    } catch {
      return failed(finding, error)
    }
    switch try remover.remove(name, inode: finding.subject.inode, in: way) {
    case .removed: finding.isRepaired = true
    case .inUse: finding.decision = .withheld(verb, .inUse)
    case .changed: return failed(finding, .staleNFSFileHandle)
    case .failed(let error): return failed(finding, error)
    }
    return finding
  }

  private func failed(_ finding: Finding, _ error: Errno) -> Finding {
    let note = error == .staleNFSFileHandle ? "it has changed since it was looked at: run again" : nil
    options.onFailure(StoreError(path: finding.path, operation: "remove", error: error, note: note))
    return finding
  }
}
