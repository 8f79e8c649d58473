// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import CachefilesUpkeep
import LinuxIO
import SystemPackage

/// An amount of space: a size, or a share of the file system.
enum FreeArgument: ExpressibleByArgument {
  case size(UInt64)
  case percent(Double)

  init?(argument: String) {
    if argument.hasSuffix("%") {
      guard let share = ShareArgument(argument: argument) else { return nil }
      self = .percent(share.share * 100)
    } else {
      // A plain number up to a hundred is a share whose sign was forgotten: as bytes it would be a goal that always holds.
      guard let size = SizeArgument(argument: argument), !(1...100).contains(size.bytes) || Int(argument) == nil else {
        return nil
      }
      self = .size(size.bytes)
    }
  }

  /// The amount in bytes.
  func bytes(of status: FileSystemStatus) -> UInt64 {
    switch self {
    case .size(let bytes): bytes
    case .percent(let share): UInt64(Double(status.blocks &* status.blockSize) * share / 100)
    }
  }

  /// The same as a margin.
  var margin: CullMargin {
    switch self {
    case .size(let bytes): .bytes(bytes)
    case .percent(let share): .share(share / 100)
    }
  }
}
