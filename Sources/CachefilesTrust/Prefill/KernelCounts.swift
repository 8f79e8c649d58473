// SPDX-License-Identifier: Apache-2.0
import CachefilesHost

/// How often the kernel has refused to store something for want of space, all mounts together.
struct KernelCounts: Sendable, Equatable {
  private let refused: Int?

  init(_ side: CacheSide) { refused = side.refusedForSpace() }

  /// Whether it has done so since another count.
  func isShort(since before: KernelCounts) -> Bool {
    guard let refused, let old = before.refused else { return false }
    return refused > old
  }
}
