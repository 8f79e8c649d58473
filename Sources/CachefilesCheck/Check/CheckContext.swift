// SPDX-License-Identifier: Apache-2.0
package import LinuxIO

/// What judgements depend on besides the entry itself.
package struct CheckContext: Sendable {
  /// The kernel to judge for: some problems are problems of newer kernels only.
  package var kernel: KernelRelease
  /// The time of day.
  package let now: Timestamp
  /// Access times up to this one are no problem.
  let latestCredibleUse: Timestamp
  /// Whether a kernel holds the cache now: then dirty objects are normal.
  package var isLive: Bool
  /// Whether to open every object and look at its data.
  package var isThorough: Bool

  /// Whether the directory is the one that this machine is to cache in, so that the kernel must be able to bind it; a
  /// copy need not lie where it can be bound.
  package var isCacheOfThisMachine = false

  /// Whether the clock is behind times that the file system has set itself, and that nobody can set: then it is the clock that
  /// is wrong, not a last use that lies ahead of it.
  package var isClockBehind = false

  /// Whether access times move: not with `noatime`, and then nothing is known of use.
  package var hasAccessTimes = true

  /// The circumstances of a check.
  package init(kernel: KernelRelease = .running, now: Timestamp, isLive: Bool = false, isThorough: Bool = false) {
    self.kernel = kernel
    self.now = now
    latestCredibleUse = now + Self.clockTolerance
    self.isLive = isLive
    self.isThorough = isThorough
  }

  /// Whether the kernel has the layout before 5.17: what is a leftover elsewhere is in use there.
  var usesLegacyLayout: Bool { kernel < KernelRelease(5, 17) }

  /// Access times up to this far ahead are no problem: clocks differ, and the check takes time.
  static let clockTolerance = Duration.seconds(600)
}
