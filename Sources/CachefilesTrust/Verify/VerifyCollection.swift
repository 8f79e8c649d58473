// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO

/// What the threads have found so far: the sums, the files that are wrong, and which files are done.
struct VerifyCollection {
  /// What was found in all files.
  private(set) var tally = VerifyTally()
  /// Files with wrong bytes, and their objects.
  private(set) var wrong: [(file: VerifiedFile, object: WrongObject?)] = []
  /// Why files could not be compared.
  private(set) var reasons: [String: Int] = [:]
  /// How many files of the list are done.
  private(set) var doneCount = 0

  private var isDone: [Bool]
  /// Files of which some parts are done, and some are not.
  private var open: [Int: (parts: Int, blocks: Int, file: VerifiedFile, object: WrongObject?)] = [:]

  /// More reasons than these are not kept apart.
  private static let mostReasons = 20

  init(_ count: Int) { isDone = [Bool](repeating: false, count: count) }

  /// Takes over what was found before the list was made: files that are not compared.
  mutating func take(_ listed: VerifyCollection) {
    tally.add(listed.tally)
    reasons.merge(listed.reasons) { $0 + $1 }
  }

  /// Whether a file is done.
  func isDone(_ item: Int) -> Bool { isDone[item] }

  /// Adds a file that is not compared.
  mutating func add(_ file: VerifiedFile) {
    tally.add(file)
    note(file)
  }

  /// Takes note that an earlier run had done a file, and found it right.
  mutating func skip(_ number: Int, _ item: VerifyList.Item) {
    var file = VerifiedFile(path: [], state: item.comparedBytes > 0 ? .right : .unsampled)
    file.comparedBytes = item.comparedBytes
    tally.add(file, blocks: item.comparedBlocks, of: item.blocks)
    finish(number)
  }

  /// Adds what came of a part; the file when that was its last one.
  mutating func add(
    _ answer: FileComparison.Answer, _ item: Int, parts: Int, of blocks: Int
  ) -> VerifiedFile? {
    var state = open[item] ?? (parts, 0, VerifiedFile(path: answer.file.path, state: .unsampled), nil)
    state.parts -= 1
    state.blocks += answer.blocks
    state.file.add(answer.file)
    state.file.fileBytes = max(state.file.fileBytes, answer.file.fileBytes)
    state.object = state.object ?? answer.wrong
    if state.parts > 0 {
      open[item] = state
      return nil
    }
    open[item] = nil
    tally.add(state.file, blocks: state.blocks, of: blocks)
    note(state.file)
    if state.file.state == .wrong { wrong.append((state.file, state.object)) }
    finish(item)
    return state.file
  }

  private mutating func finish(_ item: Int) {
    if !isDone[item] { doneCount += 1 }
    isDone[item] = true
  }

  private mutating func note(_ file: VerifiedFile) {
    guard let reason = file.reason else { return }
    switch file.state {
    case .absent, .refused, .unknown, .changing, .uncommitted:
      let key = "\(file.state.rawValue): \(reason)"
      if reasons[key] != nil || reasons.count < Self.mostReasons { reasons[key, default: 0] += 1 }
    case .right, .wrong, .stale, .dirty, .empty, .unsampled, .failed: break
    }
  }
}
