// SPDX-License-Identifier: Apache-2.0
import CachefilesHost
import CachefilesStore
import LinuxIO

/// Looks at the files of many paths: a few paths at a time, with several threads in each tree.
struct FileListing {
  let survey: CachedFileSurvey
  let threads: Int
  /// Asked between two paths; true ends it.
  let isEnded: @Sendable () -> Bool

  /// So many paths are looked at side by side, when there are more of them: each tree has threads of its own.
  private static let sideBySide = 4

  /// Calls a closure for each file, from any thread. False when it ended before all paths were looked at.
  func forEachFile(
    of paths: [[UInt8]], isRecursive: Bool, _ body: @escaping @Sendable (JudgedFile) -> Void
  ) -> Bool {
    let numbers = PartCounter(0..<paths.count)
    let (survey, isEnded) = (survey, isEnded)
    let answers = Workers.run(count: paths.count > Self.sideBySide ? min(Self.sideBySide, threads) : 1) { _ -> Bool in
      while !isEnded() {
        guard let number = numbers.next() else { return true }
        if let file = survey.look(at: paths[number], isRecursive: isRecursive, body).file { body(file) }
      }
      return false
    }
    return answers.allSatisfy { $0 }
  }
}
