// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO

/// The times of change that a run's own repairs set: a finding still fits an entry that nobody else has changed since it
/// was looked at.
struct ExpectedChanges {
  /// The paths of inodes that several findings are about: several problems of one entry, or several names of one file.
  private var shared: [UInt64: [CachePath]] = [:]
  /// The paths of the directories that findings are about: repairs of what is in them change their times.
  private var directories: Set<CachePath> = []
  private var spans: [UInt64: Span] = [:]

  /// The time that an inode had when it was looked at, and the one that it has after the last repair.
  private struct Span {
    var first: Timestamp
    var last: Timestamp
  }

  /// Prepares for the repairs of these findings.
  init(_ findings: [Finding] = []) {
    var once: [UInt64: CachePath] = [:]
    for finding in findings {
      let subject = finding.subject
      if subject.isDirectory { directories.insert(subject.path) }
      guard let path = once[subject.inode] else {
        once[subject.inode] = subject.path
        continue
      }
      shared[subject.inode, default: [path]].append(subject.path)
    }
  }

  /// The time of change that an entry has to have now.
  func changeTime(of subject: Finding.Subject) -> Timestamp {
    guard let span = spans[subject.inode], span.first == subject.changeTime else { return subject.changeTime }
    return span.last
  }

  /// An inode that a step changes, by the paths under which it may be found.
  struct Place {
    /// Nil for a directory, which is found by its path.
    var inode: UInt64?
    var paths: [CachePath]

    /// What is found there.
    func status(_ finder: EntryFinder) -> FileStatus? {
      for path in paths {
        if let status = try? finder.status(path), inode ?? status.inode == status.inode { return status }
      }
      return nil
    }
  }

  /// The inodes that a step changes and that findings are about.
  func places(of step: JournalStep) -> [Place] {
    var places: [Place] = []
    var above: [CachePath] = []
    var paths = shared[step.inode] ?? []
    switch step.change {
    case .move(let destination, _):
      above = [step.path.parent, destination.parent]
      if !paths.isEmpty { paths.append(destination) }
    case .remove, .makeDirectory: above = [step.path.parent]
    default: break
    }
    for path in above where directories.contains(path) { places.append(Place(paths: [path])) }
    if !paths.isEmpty { places.append(Place(inode: step.inode, paths: paths)) }
    return places
  }

  /// Notes that a repair took an inode from one time of change to another.
  mutating func note(_ inode: UInt64, from before: Timestamp, to after: Timestamp) {
    if let span = spans[inode], span.last == before {
      spans[inode] = Span(first: span.first, last: after)
    } else {
      spans[inode] = Span(first: before, last: after)
    }
  }
}
