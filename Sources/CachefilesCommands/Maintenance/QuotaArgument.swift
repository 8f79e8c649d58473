// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat

/// A size for some volumes: `GLOB=SIZE`.
struct QuotaArgument: ExpressibleByArgument, Sendable {
  /// What selects the volumes, as `--volume` does.
  let glob: [UInt8]
  /// What their objects may occupy together.
  let size: SizeArgument

  init?(argument: String) {
    // A glob may have the sign in it, a size cannot.
    guard let sign = argument.lastIndex(of: "="), sign != argument.startIndex,
      let size = SizeArgument(argument: String(argument[argument.index(after: sign)...]))
    else { return nil }
    glob = RawArguments.decode(String(argument[..<sign]))
    self.size = size
  }
}
