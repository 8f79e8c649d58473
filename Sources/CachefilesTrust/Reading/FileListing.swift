// SPDX-License-Identifier: Apache-2.0
import CachefilesHost
import CachefilesStore
import LinuxIO

/// Looks at the files of many paths: trees one after another, with several threads in each; single files by several threads.
struct FileListing {
  let survey: CachedFileSurvey
  let threads: Int
  /// Asked between two paths; true ends it.
  let isEnded: @Sendable () -> Bool

  /// Fewer paths than these are not worth threads of their own.
  private static let fewPaths = 16

  /// Calls a closure for each file, from any thread. False when it ended before all paths were looked at.
  func forEachFile(
    of paths: [[UInt8]], isRecursive: Bool, _ body: @escaping @Sendable (JudgedFile) -> Void
  ) -> Bool {
    let numbers = PartCounter(0..<paths.count)
    let (survey, isEnded) = (survey, isEnded)
    let answers = Workers.run(count: paths.count < Self.fewPaths ? 1 : threads) { _ -> Bool in
      while !isEnded() {
        guard let number = numbers.next() else { return true }
        if let file = survey.look(at: paths[number], isRecursive: isRecursive, body).file { body(file) }
      }
      return false
    }
    return answers.allSatisfy { $0 }
  }
}
