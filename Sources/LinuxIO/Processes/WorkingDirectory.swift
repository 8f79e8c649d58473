// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import Synchronization
public import SystemPackage

/// The working directory of one thread, which shares it with no other.
///
/// All threads of a process have one working directory together until `unshare(2)` with `CLONE_FS` takes a thread out. What
/// acts "in the working directory" of the caller, as commands of `/dev/cachefiles` do, then acts in a place that nobody else
/// can change. The value does not leave its thread.
public final class WorkingDirectory {
  private init() {}

  /// Makes a directory that was opened and checked the working directory of this thread; no path is followed.
  ///
  /// The corresponding C function is `fchdir`.
  /// - Throws: `Errno`.
  public func enter(_ directory: borrowing OwnedDescriptor) throws(Errno) {
    try perform(.fchdir) { Glibc.fchdir(directory.raw) }
  }

  /// The status of the directory that this thread is in now. The corresponding C function is `statx` with `.`.
  public func status() throws(Errno) -> FileStatus {
    try FileStatus.read(AT_FDCWD, ".", flags: AT_SYMLINK_NOFOLLOW)
  }

  /// Runs a body on a thread with a working directory of its own, and waits for it.
  ///
  /// - Throws: `Errno`; EAGAIN when the system has no more threads, EPERM where it forbids `unshare`.
  public static func runApart<R: Sendable>(
    _ body: @escaping @Sendable (WorkingDirectory) -> R
  ) throws(Errno) -> R {
    let result = Guarded<Result<R, Errno>?>(nil)
    let outcome = SharedResult(result)
    guard let thread = SystemThread({ outcome.run(body) }) else { throw .resourceTemporarilyUnavailable }
    thread.join()
    return try outcome.take()
  }

  /// What the thread came to.
  private final class SharedResult<R: Sendable>: Sendable {
    private let result: Guarded<Result<R, Errno>?>

    init(_ result: consuming Guarded<Result<R, Errno>?>) { self.result = result }

    func run(_ body: (WorkingDirectory) -> R) {
      let value: Result<R, Errno>
      do throws(Errno) {
        try perform(.unshare) { clinux_unshare_working_directory() }
        value = .success(body(WorkingDirectory()))
      } catch {
        value = .failure(error)
      }
      result.withLock { $0 = value }
    }

    func take() throws(Errno) -> R {
      guard let value = result.withLock({ $0 }) else { throw .resourceTemporarilyUnavailable }
      return try value.get()
    }
  }
}

@available(*, unavailable)
extension WorkingDirectory: Sendable {}
