// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import LinuxIO

/// The release of a kernel: `6.12`.
struct ReleaseArgument: ExpressibleByArgument {
  let release: KernelRelease

  init?(argument: String) {
    guard let release = KernelRelease(argument) else { return nil }
    self.release = release
  }
}
