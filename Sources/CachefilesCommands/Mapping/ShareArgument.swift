// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// A share on the command line: `95%`, `95` or `99.5%`.
struct ShareArgument: ExpressibleByArgument, Equatable {
  /// The share of one.
  let share: Double

  init?(argument: String) {
    let digits = argument.last == "%" ? argument.dropLast() : argument[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }),
      let value = Double(digits), value <= 100
    else { return nil }
    share = value / 100
  }
}
