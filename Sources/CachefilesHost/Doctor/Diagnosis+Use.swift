// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

extension Diagnosis {
  // MARK: Is it of any use?

  /// So many writes, or reads from the server, are no accident any more.
  static let useThreshold = 1000

  /// A cache that is filled and never read, and one that is never touched.
  ///
  /// `IO: rd` and `RD` count reads that were asked of the cache, `IO: wr` and `WR` what was stored in it. Before 6.4 NFS
  /// reads without the netfs library, so that `RD` stays 0; `IO: rd` counts those too.
  mutating func judgeUse(_ statistics: KernelStatistics) {
    let reads = max(statistics.cacheReads ?? 0, statistics.libraryReads ?? 0, statistics.retrievals ?? 0)
    let writes = max(statistics.cacheWrites ?? 0, statistics.libraryWrites ?? 0, statistics.stores ?? 0)
    guard reads == 0, statistics.cacheReads != nil || statistics.libraryReads != nil || statistics.retrievals != nil
    else { return }
    if writes >= Self.useThreshold {
      add(.cacheNeverRead, "\(writes) writes to the cache, no read from it")
    } else if writes == 0, let downloads = statistics.downloads, downloads >= Self.useThreshold,
      (statistics.cookies ?? statistics.cookiesMade ?? 0) > 0
    {
      add(
        .cacheUntouched,
        "\(downloads) reads from servers, \(statistics.cookies ?? statistics.cookiesMade ?? 0) cookies, and the cache was neither read nor written"
      )
    }
  }

  // MARK: The log

  /// How many messages of the log are named.
  private static let namedMessages = 8

  mutating func judgeLog() {
    if let failure = seen.logFailure { add(.logUnreadable, failure.reason, of: failure.path) }
    guard let log = seen.log else { return }
    let troubles = log.troubles
    for entry in troubles.prefix(Self.namedMessages) {
      let message = entry.match.message
      let meaning = [message.meaning, entry.match.numberMeaning].compactMap { $0 }.joined(separator: "; ")
      let times = entry.count == 1 ? "" : "\(entry.count) times, last "
      add(
        message.weight == .critical ? .logCritical : .logWarning,
        "\(times)'\(EscapedBytes.string(entry.line))': \(meaning)", of: Array(message.id.utf8), advice: message.advice)
    }
    if troubles.count > Self.namedMessages {
      add(.logWarning, "\(troubles.count - Self.namedMessages) more kinds of messages")
    }
    if troubles.isEmpty, seen.logFailure == nil {
      let history = log.entries.contains(where: \.isOver) ? " since the cache was last bound" : ""
      let strangers = log.strangers
      let unknown =
        strangers.count == 0
        ? "" : "; \(strangers.count) not known, the first: '\(EscapedBytes.string(strangers.first))'"
      add(.logQuiet, "\(log.lines) \(log.lines == 1 ? "line" : "lines"), none of trouble\(history)\(unknown)")
    }
  }
}
