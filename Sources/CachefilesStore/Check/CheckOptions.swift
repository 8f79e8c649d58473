public import LinuxIO
public import SystemPackage

/// What a check is to do, and whom it tells.
public struct CheckOptions: Sendable {
  /// What is reported, how bad it is, and what is mended.
  public var policy = CheckPolicy()
  /// The kernel to judge for.
  public var kernel = KernelRelease.running
  /// Nanoseconds since 1970.
  public var now: Int64
  /// The number of threads.
  public var threads = ScanOptions.defaultThreads
  /// Whether to open every object and look at its data: O17 and O20 need that.
  public var isThorough = false
  /// Which volumes to check, by their keys; with it, nothing outside volumes is looked at.
  public var volumes: (@Sendable ([UInt8]) -> Bool)?
  /// Check volume by volume in the order of their keys, from this key on.
  public var firstVolume: [UInt8]?
  /// Begin no other volume after so many nanoseconds, and no other repair. The first part is always finished.
  public var timeLimit: Int64?
  /// What ``timeLimit`` and the duration are measured with.
  package var clock: @Sendable () -> ContinuousClock.Instant = { .now }
  /// Where the journal of repairs goes, a new file outside the cache; without one nothing is repaired.
  public var journal: FilePath?
  /// Whether repairs remove for good what they bury by default.
  public var deletes = false
  /// What tells whether the cache is live.
  public var liveness = LivenessSources()
  /// How many repairs may wait between two scans.
  public var repairLimit = 100_000
  /// Called for each finding, from one thread at a time: at once, or after its repair was tried.
  public var onFinding: @Sendable (Finding) -> Void = { _ in }
  /// Called for each entry that cannot be read or mended, from one thread at a time.
  public var onFailure: @Sendable (StoreError) -> Void = { _ in }
  /// Asked now and then; true ends the check.
  public var isCancelled: @Sendable () -> Bool = { Interruption.signal != nil }

  /// The usual options: everything, nothing repaired.
  public init(now: Int64) { self.now = now }
}
