import LinuxIO
import SystemPackage

/// Whether a kernel holds a cache directory right now.
///
/// The kernel marks every directory that it holds (`S_KERNEL_FILE`), which makes `rmdir(2)` fail with EBUSY before it
/// looks whether the directory is empty (5.17 and later). So `rmdir` of a directory that is surely *not empty* is a
/// harmless question: EBUSY means in use, ENOTEMPTY means free.
public enum Liveness: Equatable, Sendable, CustomStringConvertible {
  /// A kernel holds it.
  case live
  /// No kernel holds it. Kernels before 5.17 have no mark: there this is no proof.
  case offline
  /// It cannot be told, for this reason.
  case unknown(String)

  /// One word, and the reason where there is one.
  public var description: String {
    switch self {
    case .live: "live"
    case .offline: "not in use"
    case .unknown(let reason): "unknown: \(reason)"
    }
  }

  /// True, false, or nil when it cannot be told.
  public var isLive: Bool? {
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
  /// Asked are `cache` and `graveyard`, the first that is neither empty nor a mount point (which answers EBUSY for a
  /// reason of its own). With both empty it cannot be told, unless `cache` holds nothing because it was never used.
  public func probeLiveness() -> Liveness {
    var reasons: [String] = []
    for (name, words) in [(Self.cacheName, "cache"), (Self.graveyardName, "graveyard")] {
      switch probe(name) {
      case .answer(let liveness): return liveness
      case .noAnswer(let reason): reasons.append("'\(words)' \(reason)")
      }
    }
    return .unknown(reasons.joined(separator: ", "))
  }

  private enum Probe {
    case answer(Liveness)
    case noAnswer(String)
  }

  private func probe(_ name: EntryName) -> Probe {
    let status: FileStatus
    do throws(Errno) {
      let directory = try root.open(name, .directory)
      status = try directory.status()
      if status.isMountPoint || status.device != rootStatus.device { return .noAnswer("is a mount point") }
      let buffer = DirectoryBuffer(capacity: 4096)
      var isEmpty = true
      while isEmpty, try buffer.fill(from: directory) { buffer.forEach { _ in isEmpty = false } }
      if isEmpty { return .noAnswer("is empty, and an empty directory must not be probed") }
    } catch {
      return .noAnswer(error == .noSuchFileOrDirectory ? "does not exist" : "cannot be read (\(error))")
    }
    do throws(Errno) {
      try root.removeDirectory(name)
    } catch {
      switch error {
      case .resourceBusy: return .answer(.live)
      case .directoryNotEmpty, .fileExists: return .answer(.offline)
      case .readOnlyFileSystem: return .answer(.offline)
      default: return .noAnswer("cannot be probed (\(error))")
      }
    }
    // Somebody emptied it between the look and the question, and nobody held it: put it back as it was.
    do throws(Errno) {
      try root.makeDirectory(name, permissions: status.permissions)
      let directory = try root.open(name, .directory)
      try directory.setOwner(status.owner, group: status.group)
      try directory.setPermissions(status.permissions)
    } catch {
      return .noAnswer("was emptied meanwhile and could not be made again (\(error))")
    }
    return .answer(.offline)
  }
}
