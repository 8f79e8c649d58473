// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesCheck
import CachefilesFormat
import CachefilesSamples
import CachefilesStore
import LinuxIO
import SystemPackage

/// Problem ids with commas between them, or `all`: every damage that leaves room for the others.
struct DamageArgument: ExpressibleByArgument {
  let damages: [Damage]

  /// The ids that no damage makes.
  static let impossible = ProblemID.allCases.filter { Damage.of($0) == nil }.map(\.rawValue).joined(separator: " ")

  init?(argument: String) {
    if argument == "all" {
      damages = Damage.all.filter { !$0.standsAlone }
      return
    }
    guard let wanted = ProblemsArgument(argument: argument) else { return nil }
    damages = wanted.ids.compactMap(Damage.of)
    if damages.count != wanted.ids.count { return nil }
  }

  static var defaultCompletionKind: CompletionKind {
    CommaCompletion.of(["all"] + ProblemID.allCases.filter { Damage.of($0) != nil }.map(\.rawValue))
  }
}
