// SPDX-License-Identifier: Apache-2.0
package import CachefilesStore
package import LinuxIO

/// How files are compared with the server.
package struct VerifyOptions: Sendable {
  /// Which blocks; all of them without a sample.
  package var sample = BlockSample(share: 1, seed: 0)
  /// The number of threads that walk, and that compare.
  package var threads = ScanOptions.defaultThreads
  /// At most so many bytes a second are read from the server; nil without a limit.
  package var rate: UInt64?
  /// After this time it ends; nil without a limit.
  package var maximumTime: Duration?
  /// The time without any progress after which a mount is given up.
  package var timeout: Duration = .seconds(10)
  /// Where the server's bytes come from; nil for a direct read of the file itself.
  package var other: OtherMount?
  /// The release of the running kernel.
  package var kernel = KernelRelease.running
  /// How often a file is looked at that changes.
  package var attempts = 5
  /// How long to wait before a difference is looked at again.
  package var pause: Duration = .milliseconds(100)
  /// The same on SMB, whose client believes what it knows of a file for a second.
  package var longPause: Duration = .milliseconds(1200)
  /// So long wrong objects that the kernel has in use are asked for again: it lets go of one about ten seconds after the last use.
  package var patience: Duration = .seconds(30)
  /// Called for each file, from any thread.
  package var onFile: @Sendable (VerifiedFile) -> Void = { _ in }
  /// Called for each thing that failed, from any thread.
  package var onFailure: @Sendable (StoreError) -> Void = { _ in }
  /// Asked now and then; true ends it.
  package var isCancelled: @Sendable () -> Bool = { Interruption.signal != nil }
  /// Called before a difference is looked at again, for tests.
  package var beforeRecheck: @Sendable ([UInt8]) -> Void = { _ in }

  /// The usual options.
  package init() {}
}
