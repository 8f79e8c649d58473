// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesUpkeep
import LinuxIO

/// What a cull takes first.
enum CullOrderArgument: String, ExpressibleByArgument, CaseIterable {
  case atime, size, cost

  /// The order, at a moment in nanoseconds since 1970.
  func order(now: Timestamp) -> CullOrder {
    switch self {
    case .atime: .lastUse
    case .size: .size
    case .cost: .cost(now: now)
    }
  }
}
