// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
package import LinuxIO
package import SystemPackage

/// What a file without a name could do on a file system: what the kernel does with every new object of a cache.
package enum FileSystemTrial: Sendable, Equatable {
  case notTried
  case passed
  /// The file system does not do this.
  case failed(String)
  /// A hole looks like data.
  case holesAreData

  /// Makes such a file in a directory and tries it. Nothing of it is ever visible.
  ///
  /// Only the errors that a file system gives for what it cannot do prove anything; a full one proves nothing.
  package static func run(
    in root: borrowing OwnedDescriptor
  ) -> (trial: FileSystemTrial, failure: (step: String, error: Errno)?) {
    var step = "make a file without a name in"
    do throws(Errno) {
      let file = try root.openUnnamed()
      step = "set a user attribute in"
      try file.setAttribute(CacheAttribute.name, to: [0])
      step = "find holes in"
      try file.truncate(to: 1 << 20)
      return (try file.dataExtents(size: 1 << 20).isEmpty ? .passed : .holesAreData, nil)
    } catch {
      switch (step, error) {
      case ("find holes in", .invalidArgument): return (.holesAreData, nil)
      case (_, .notSupported), (_, .notSupportedOnSocket), (_, .isDirectory): return (.failed(step), nil)
      case (_, .noSpace), (_, .diskQuotaExceeded), (_, .permissionDenied), (_, .notPermitted), (_, .readOnlyFileSystem),
        // A limit of this process (`ulimit -f`).
        (_, .fileTooLarge):
        return (.notTried, nil)
      default: return (.notTried, (step, error))
      }
    }
  }

  /// Why no kernel binds a cache on a file system with this outcome, in words that go on from its path.
  package func reasonsAgainst(_ fileSystem: FileSystemStatus, pageSize: UInt64) -> [String] {
    var reasons: [String] = []
    if fileSystem.isReadOnly {
      reasons.append("it is mounted read-only")
    } else if case .failed(let reason) = self {
      reasons.append("nobody can \(reason) \(fileSystem.typeName)")
    }
    if fileSystem.blockSize > pageSize {
      reasons.append("its blocks have \(fileSystem.blockSize) bytes, more than a page of \(pageSize)")
    }
    return reasons
  }
}
