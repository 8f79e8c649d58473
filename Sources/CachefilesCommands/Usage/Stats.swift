// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

/// `cachefiles stats`: what a cache holds. Without a subcommand it tells about a directory.
struct Stats: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "What a cache holds, how full and how old it is, and what the kernel makes of it.",
    discussion: """
      'cachefiles stats DIR' tells about a cache; 'cachefiles stats diff A.json B.json' compares two saved runs; \
      'cachefiles stats forecast HISTORY' tells from what 'stats --record HISTORY' kept when culling begins, and how \
      large a cache for some days must be.
      """,
    subcommands: [StatsShow.self, StatsDiff.self, StatsForecast.self], defaultSubcommand: StatsShow.self)

  /// Arguments in which `stats` without a subcommand asks for the help of the one that is meant.
  static func complete(_ arguments: [String]) -> [String] {
    guard arguments.first == "stats", arguments.count > 1, !["show", "diff", "forecast", "help"].contains(arguments[1])
    else {
      return arguments
    }
    return ["stats", "show"] + arguments.dropFirst()
  }
}
