// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesSurvey
import LinuxIO

/// What one look found.
struct TopLook {
  /// What is told without a walk: the kernel's counts, the room, the mounts.
  let report: StatisticsReport
  /// The volumes that mounts use now, of all caches.
  let volumes: [VolumeLine]

  /// The same moment by a clock that nobody sets.
  let moment = ContinuousClock.now

  /// When it was.
  var time: Timestamp { report.questions.now }

  /// The counts that are of interest as they change, by what they are called in JSON and in words.
  var counts: [(key: StaticString, words: String, value: Int?)] {
    let statistics = report.kernelStatistics
    return [
      ("hits", "reads from the cache", statistics?.hitCount?.hits ?? statistics?.cacheReads),
      ("misses", "reads from the server", statistics?.hitCount?.misses),
      ("stored", "writes to the cache", statistics?.cacheWrites),
      ("opened", "files opened", statistics?.acquisitions),
      ("culled", "objects culled", statistics?.culled),
      ("refused", "refused for want of space", statistics?.refusedForSpace),
    ]
  }

  /// The volumes, those with the most files in use first.
  var busiest: [VolumeLine] {
    volumes.sorted { ($1.cookies, $0.key.description) < ($0.cookies, $1.key.description) }
  }
}
