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
    private let seen = Atomic<Int>(0)
    private let forced = Atomic<Int>(0)

    /// Fails the call with this ordinal, counted from 1, among the calls of one name, or among all.
    ///
    /// Ordinal 0 fails every one of them.
    public init(failing syscall: Syscall? = nil, ordinal: Int, with error: Errno) {
      self.syscall = syscall
      self.ordinal = ordinal
      self.error = error
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
      let number = seen.add(1, ordering: .relaxed).newValue
      guard ordinal == 0 || number == ordinal else { return nil }
      forced.add(1, ordering: .relaxed)
      return error
    }
  }
#endif
