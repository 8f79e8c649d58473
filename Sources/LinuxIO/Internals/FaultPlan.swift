// SPDX-License-Identifier: Apache-2.0
#if FAULTS
  import Glibc
  import Synchronization
  public import SystemPackage

  /// Makes chosen system calls fail, for tests. Debug builds only.
  ///
  /// A plan is in force on the thread that runs ``run(_:)`` and on the worker threads which it starts. One that runs within another holds
  /// beside it; what the outer one fails, the inner one does not see.
  public final class FaultPlan: Sendable {
    @TaskLocal static var current: [FaultPlan] = []

    /// What is done at the call with the ordinal.
    private enum Effect {
      case fail(Errno)
      /// This call and all after it fail.
      case cut
      /// The process ends there.
      case kill
      /// Nothing: the names of all calls are written to a descriptor, a line each.
      case record(CInt)
      /// Nothing: the kernel seems not to tell mount points, as before Linux 5.8.
      case hideMountPoints
    }

    private let syscall: Syscall?
    private let ordinal: Int
    private let effect: Effect
    private let watchesChangesOnly: Bool
    private let seen = Atomic<Int>(0)
    private let forced = Atomic<Int>(0)

    private init(_ syscall: Syscall?, _ ordinal: Int, _ effect: Effect, watchesChangesOnly: Bool) {
      self.syscall = syscall
      self.ordinal = ordinal
      self.effect = effect
      self.watchesChangesOnly = watchesChangesOnly
    }

    /// Fails the call with this ordinal, counted from 1, among the calls of one name, or among all.
    ///
    /// Ordinal 0 fails every one of them.
    public convenience init(failing syscall: Syscall? = nil, ordinal: Int, with error: Errno) {
      self.init(syscall, ordinal, .fail(error), watchesChangesOnly: false)
    }

    /// Stops all calls just before the change of the disk with this ordinal, counted from 1: what the disk looks like
    /// then is what it looks like when the process is killed there.
    public convenience init(cutBeforeChange ordinal: Int) {
      self.init(nil, ordinal, .cut, watchesChangesOnly: true)
    }

    /// Fails the call with this ordinal, counted from 1, among those that can change the disk.
    public convenience init(failingChange ordinal: Int, with error: Errno) {
      self.init(nil, ordinal, .fail(error), watchesChangesOnly: true)
    }

    /// Kills the process with SIGKILL just before the change of the disk with this ordinal, counted from 1.
    public convenience init(killingBeforeChange ordinal: Int) {
      self.init(nil, ordinal, .kill, watchesChangesOnly: true)
    }

    /// Writes the name of each call to a descriptor, a line each, and makes none fail. Those that can change the disk have a `*`
    /// behind the name.
    public convenience init(recordingTo descriptor: CInt) {
      self.init(nil, .max, .record(descriptor), watchesChangesOnly: false)
    }

    /// Makes no call fail: the kernel does not tell mount points, as none before Linux 5.8 does.
    public static var hidingMountPoints: FaultPlan { FaultPlan(nil, .max, .hideMountPoints, watchesChangesOnly: false) }

    static var hidesMountPoints: Bool {
      current.contains { plan in
        if case .hideMountPoints = plan.effect { return true }
        return false
      }
    }

    /// How many calls the plan has watched.
    public var watched: Int { seen.load(ordering: .relaxed) }

    /// How many calls the plan has made fail.
    public var failed: Int { forced.load(ordering: .relaxed) }

    /// Runs code with the plan in force.
    ///
    /// - Throws: what the code throws.
    public func run<T>(_ body: () throws -> T) rethrows -> T {
      try Self.$current.withValue(Self.current + [self]) { try body() }
    }

    /// What the plans in force have a call fail with.
    static func fault(for name: Syscall) -> Errno? {
      for plan in current { if let error = plan.fault(for: name) { return error } }
      return nil
    }

    private func fault(for name: Syscall) -> Errno? {
      guard syscall == nil || syscall == name else { return nil }
      if watchesChangesOnly, !name.changesDisk {
        if case .cut = effect, seen.load(ordering: .relaxed) >= ordinal { return .ioError }
        return nil
      }
      let number = seen.add(1, ordering: .relaxed).newValue
      switch effect {
      case .hideMountPoints: return nil
      case .record(let descriptor):
        let line = Array((name.rawValue + (name.changesDisk ? "*\n" : "\n")).utf8)
        _ = Glibc.write(descriptor, line, line.count)
        return nil
      case .kill:
        if number == ordinal { Glibc.kill(getpid(), SIGKILL) }
        return nil
      case .cut:
        guard ordinal == 0 || number >= ordinal else { return nil }
        forced.add(1, ordering: .relaxed)
        return .ioError
      case .fail(let error):
        guard ordinal == 0 || number == ordinal else { return nil }
        forced.add(1, ordering: .relaxed)
        return error
      }
    }
  }
#endif
