// SPDX-License-Identifier: Apache-2.0
import CachefilesStore

/// What to do about a refusal because the cache is in use.
enum LiveHint {
  /// Names `--live` where that can help and was not given; empty otherwise.
  static func words(after refusal: Refusal, live: Bool) -> String {
    !live && refusal == .inUse ? " (--live removes what is not in use, with the kernel's leave)" : ""
  }
}
