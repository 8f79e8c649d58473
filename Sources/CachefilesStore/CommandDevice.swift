// SPDX-License-Identifier: Apache-2.0
package import SystemPackage

/// What takes commands as `/dev/cachefiles` does: each acts on a name in the working directory of the calling thread.
package protocol CommandDevice: Sendable {
  /// Gives one command. The answer is the error.
  func command(_ bytes: [UInt8]) throws(Errno)
}
