// SPDX-License-Identifier: Apache-2.0
#if FAULTS
  import Synchronization
  public import SystemPackage

  /// Makes chosen system calls fail, for tests. Debug builds only.
  ///
  /// A plan is in force on the thread that runs ``run(_:)`` and on the worker threads which it starts.
  public final class FaultPlan: Sendable {
    @TaskLocal static var current: FaultPlan?

    private let syscall: Syscall?
    private let ordinal: Int
    private let error: Errno
    private let watchesChangesOnly: Bool
    private let cuts: Bool
    private let seen = Atomic<Int>(0)
    private let forced = Atomic<Int>(0)

    /// Fails the call with this ordinal, counted from 1, among the calls of one name, or among all.
    ///
    /// Ordinal 0 fails every one of them.
    public init(failing syscall: Syscall? = nil, ordinal: Int, with error: Errno) {
      watchesChangesOnly = false
      cuts = false
      self.syscall = syscall
      self.ordinal = ordinal
      self.error = error
    }

    /// Stops all calls just before the change of the disk with this ordinal, counted from 1: what the disk looks like
    /// then is what it looks like when the process is killed there.
    public init(cutBeforeChange ordinal: Int) {
      syscall = nil
      self.ordinal = ordinal
      watchesChangesOnly = true
      cuts = true
      error = .ioError
    }

    /// Fails the call with this ordinal, counted from 1, among those that can change the disk.
    public init(failingChange ordinal: Int, with error: Errno) {
      syscall = nil
      self.ordinal = ordinal
      self.error = error
      watchesChangesOnly = true
      cuts = false
    }

    /// How many calls the plan has watched.
    public var watched: Int { seen.load(ordering: .relaxed) }

    /// How many calls the plan has made fail.
    public var failed: Int { forced.load(ordering: .relaxed) }

    /// Runs code with the plan in force.
    ///
    /// - Throws: what the code throws.
    public func run<T>(_ body: () throws -> T) rethrows -> T {
      try Self.$current.withValue(self) { try body() }
    }

    func fault(for name: Syscall) -> Errno? {
      guard syscall == nil || syscall == name else { return nil }
      if watchesChangesOnly, !name.changesDisk {
        return cuts && seen.load(ordering: .relaxed) >= ordinal ? error : nil
      }
      let number = seen.add(1, ordering: .relaxed).newValue
      guard ordinal == 0 || number == ordinal || (cuts && number > ordinal) else { return nil }
      forced.add(1, ordering: .relaxed)
      return error
    }
  }
#endif
