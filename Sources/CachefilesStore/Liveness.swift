// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO
import SystemPackage

/// Whether a kernel holds a cache directory right now.
///
/// The kernel marks every directory that it holds (`S_KERNEL_FILE`), which makes `rmdir(2)` fail with EBUSY before it
/// looks whether the directory is empty (5.17 and later). So `rmdir` of a directory that is surely *not empty* is a
/// harmless question: EBUSY means in use, ENOTEMPTY means free.
package enum Liveness: Equatable, Sendable, CustomStringConvertible {
  /// A kernel holds it.
  case live
  /// No kernel holds it. Kernels before 5.17 have no mark: there this is no proof.
  case offline
  /// It cannot be told, for this reason.
  case unknown(String)

  /// One word, and the reason where there is one.
  package var description: String {
    switch self {
    case .live: "live"
    case .offline: "not in use"
    case .unknown(let reason): "unknown: \(reason)"
    }
  }

  /// True, false, or nil when it cannot be told.
  package var isLive: Bool? {
    switch self {
    case .live: true
    case .offline: false
    case .unknown: nil
    }
  }
}

extension Store {
  /// Asks the kernel whether the cache is live. Leaves nothing behind.
  ///
  /// Asked are `cache` and `graveyard`, the first that holds a directory with something in it, or very many entries, so that nobody can
  /// empty it between the look and the question, and is not a mount point (which answers EBUSY for a reason of its own), nor immutable,
  /// nor on a read-only mount (EPERM and EROFS come before EBUSY). Where neither
  /// answers, a kernel that holds no cache at all settles it. Kernels before 5.17 do
  /// not mark directories: there a process with `/dev/cachefiles` open makes the answer unknown.
  package func probeLiveness(_ sources: LivenessSources = LivenessSources()) -> Liveness {
    var reasons: [String] = []
    var failed = false
    for (name, words) in [(Self.cacheName, "cache"), (Self.graveyardName, "graveyard")] {
      switch probe(name) {
      case .answer(.offline): return sources.kernel < KernelRelease(5, 17) ? sources.askProcesses() : .offline
      case .answer(let liveness): return liveness
      case .noAnswer(let reason): reasons.append("'\(words)' \(reason)")
      case .failed(let reason):
        reasons.append("'\(words)' \(reason)")
        failed = true
      }
    }
    if !failed, sources.kernel >= KernelRelease(5, 17), sources.hasNoCache { return .offline }
    return .unknown(reasons.joined(separator: ", "))
  }

  private enum Probe {
    case answer(Liveness)
    /// The question cannot be put, by the nature of the directory.
    case noAnswer(String)
    /// The question failed.
    case failed(String)
  }

  /// Whether the root directory has a flag that forbids the question for both directories, or may have it.
  private var isRootStuck: Bool {
    do throws(Errno) { return try root.status().protectingFlag != nil } catch { return true }
  }

  private func probe(_ name: EntryName) -> Probe {
    do throws(Errno) {
      let directory = try root.open(name, .directory)
      let status = try directory.status()
      if status.isMountPoint || status.device != rootStatus.device { return .noAnswer("is a mount point") }
      guard try Self.holdsFilledDirectory(directory) else {
        return .noAnswer("holds no directory with something in it, and must not be probed")
      }
      return ask(name, directory, status)
    } catch {
      switch error {
      case .noSuchFileOrDirectory: return .noAnswer("does not exist")
      case .notDirectory, .tooManySymbolicLinkLevels: return .noAnswer("is not a directory")
      default: return .failed("cannot be read (\(error))")
      }
    }
  }

  /// So many entries cannot go between the look and the question, even if all are empty. Without this a repair that buries thousands of
  /// empty volumes would look into each of them at each question.
  private static let manyEntries = 256

  /// Whether a directory of this file system holds one that is not empty, or very many entries: no single call can empty it.
  private static func holdsFilledDirectory(_ directory: borrowing OwnedDescriptor) throws(Errno) -> Bool {
    let (outer, inner) = (DirectoryBuffer(capacity: 4096), DirectoryBuffer(capacity: 4096))
    var (isFilled, entries) = (false, 0)
    while !isFilled, try outer.fill(from: directory) {
      try outer.forEach { (record) throws(Errno) in
        entries += 1
        isFilled = isFilled || entries >= manyEntries
        guard !isFilled, record.kind == .directory || record.kind == .unknown, let name = record.entryName else {
          return
        }
        let below: OwnedDescriptor
        do throws(Errno) { below = try directory.open(name, .directory) } catch {
          // Gone, or none.
          if [.noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels].contains(error) { return }
          throw error
        }
        while !isFilled, try inner.fill(from: below) { inner.forEach { _ in isFilled = true } }
      }
    }
    return isFilled
  }

  /// Puts the question.
  private func ask(_ name: EntryName, _ directory: borrowing OwnedDescriptor, _ status: FileStatus) -> Probe {
    do throws(Errno) {
      try root.removeDirectory(name)
    } catch {
      switch error {
      case .resourceBusy: return .answer(.live)
      case .directoryNotEmpty, .fileExists: return .answer(.offline)
      case .readOnlyFileSystem:
        // Said before the mark is looked at, and of this mount only: the cache may be in use through another.
        return .noAnswer("stands on a read-only mount (\(error))")
      case .notPermitted where !isRootStuck:
        // Said before the mark is looked at. The flag on `cache` can be cleared once it is known that nobody holds it.
        return .noAnswer("cannot be probed (\(error)): it may be immutable")
      default: return .failed("cannot be probed (\(error))")
      }
    }
    // Somebody emptied all of it between the look and the question, and nobody held it: put it back as it was.
    do throws(Errno) {
      try root.makeDirectory(name, permissions: status.permissions)
      let new = try root.open(name, .directory)
      try new.setOwner(status.owner, group: status.group)
      try new.setPermissions(status.permissions)
      try AttributeCopy.copyAllAttributes(from: directory, to: new)
    } catch {
      return .failed("was emptied meanwhile and could not be made again (\(error))")
    }
    return .answer(.offline)
  }
}
