// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesCheck

extension Failure {
  /// A failure that ends `fsck`.
  static func ofFsck(_ description: String) -> Failure {
    Failure(description, program: "cachefiles-fsck", status: ExitCode(CheckReport.ExitBits.operational))
  }
}
