import CachefilesFormat
import LinuxIO

/// What was judged of one entry: a problem and what to say about it.
struct Judgement: Sendable, Equatable {
  var id: ProblemID
  var message: String

  init(_ id: ProblemID, _ message: String) {
    self.id = id
    self.message = message
  }
}
