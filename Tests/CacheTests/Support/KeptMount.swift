// SPDX-License-Identifier: Apache-2.0
import TestSupport

/// A mount within a scratch directory, for where a ``Mount`` cannot be kept: it is unmounted at the end, and only then the directory
/// goes, which could not be removed before.
final class KeptMount: Sendable {
  private let mount: Mount
  private let scratch: ScratchDirectory

  init(_ mount: consuming Mount, in scratch: ScratchDirectory) {
    self.mount = mount
    self.scratch = scratch
  }
}
