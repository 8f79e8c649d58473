// SPDX-License-Identifier: Apache-2.0

/// What can be given to the fuzzer: each family reads its inputs as one part of the package would, and holds the outcome to
/// properties. A family is called by its name in the environment of the fuzzer, and so is the folder of its corpus.
public enum Family: String, CaseIterable, Sendable {
  /// Names of objects, volumes, buried things and of the layout before Linux 5.17; hexadecimal and escaped text.
  case names
  /// Paths below and above a cache, pasted or in a stream.
  case paths
  /// Values of the cache attribute: records, coherency data of each network file system in both byte orders.
  case records
  /// Volume keys.
  case volumes
  /// Cookie keys of each network file system in both byte orders.
  case cookies
  /// Lines of logs and whatever else is pasted.
  case log
  /// Tables below `/proc`.
  case tables
  /// `cachefilesd.conf` and the settings of `cachefiles-daemon`.
  case configuration
  /// Files of patterns, and globs.
  case patterns
  /// Files of pins, and lists of objects to pin.
  case pins
  /// Journals of repairs and verifications, lists of files.
  case journals
  /// Comma-separated values, JSON.
  case cells
  /// Histories and saved reports.
  case history
  /// Archives, as far as they are read.
  case archives
  /// Archives, received into a cache.
  case received
  /// Arguments: sizes, spans of time, shares, quotas, addresses.
  case arguments
}

#if DEBUG || Fuzzing
  extension Family {
    /// Whether this build has the checks: they look at what is internal to modules, which is visible in debug builds and in those
    /// of the fuzzer.
    public static let isComplete = true

    /// Checks an input.
    ///
    /// - Throws: ``Violation`` for a property that does not hold.
    public func check(_ input: [UInt8]) throws {
      switch self {
      case .names: try NameChecks.check(input)
      case .paths: try PathChecks.check(input)
      case .records: try RecordChecks.check(input)
      case .volumes: try VolumeKeyChecks.check(input)
      case .cookies: try CookieKeyChecks.check(input)
      case .log: try LogChecks.check(input)
      case .tables: try TableChecks.check(input)
      case .configuration: try ConfigurationChecks.check(input)
      case .patterns: try PatternChecks.check(input)
      case .pins: try PinChecks.check(input)
      case .journals: try JournalChecks.check(input)
      case .cells: try CellChecks.check(input)
      case .history: try HistoryChecks.check(input)
      case .archives: try ArchiveChecks.check(input)
      case .received: try ReceivedChecks.check(input)
      case .arguments: try ArgumentChecks.check(input)
      }
    }
  }
#else
  extension Family {
    /// Whether this build has the checks.
    public static let isComplete = false

    /// Checks nothing.
    public func check(_ input: [UInt8]) throws {}
  }
#endif
