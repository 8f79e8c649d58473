// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// A span of time on the command line: `30d`, `12h`, `90m`, `2w`, `45s`.
struct AgeArgument: ExpressibleByArgument, Equatable {
  /// The span.
  let duration: Duration

  init?(argument: String) {
    let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604_800]
    guard let unit = argument.last.flatMap({ seconds[$0] }) else { return nil }
    let digits = argument.dropLast()
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int64(digits) else {
      return nil
    }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit)
    // As many nanoseconds as 64 bits hold: 292 years.
    if overflow || product > .max / 1_000_000_000 { return nil }
    duration = .seconds(product)
  }
}
