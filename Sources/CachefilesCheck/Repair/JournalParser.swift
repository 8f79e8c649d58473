// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import SystemPackage

/// Reads a journal line by line; it holds the steps and nothing else.
struct JournalParser {
  private let path: FilePath
  private let decoder = JSONDecoder()
  private(set) var header: JournalHeader?
  private var steps: [JournalStep] = []
  private var end: JournalEnd?
  private var failure: JournalFailure?
  private var sum = JournalSum()
  private var number = 0

  /// Starts before the first line of the journal at a path.
  init(_ path: FilePath) { self.path = path }

  /// Takes the next line; false when there is no use in reading on.
  mutating func take(_ line: [UInt8]) -> Bool {
    number += 1
    if number == 1 {
      takeHeader(line)
    } else if !hasRightSum(line) {
      failure = damage
    } else if end == nil, let step = try? decoder.decode(JournalStep.self, from: Data(line)) {
      steps.append(step)
    } else if end == nil, let last = try? decoder.decode(JournalEnd.self, from: Data(line)) {
      end = last
    } else {
      failure = damage
    }
    return failure == nil
  }

  private var damage: JournalFailure { JournalFailure(path, "line \(number) is damaged; nothing was undone") }

  /// Lines have sums from version 3 on; that they have none before is a proof of the version.
  private mutating func hasRightSum(_ line: [UInt8]) -> Bool {
    header?.hasSums ?? true ? sum.accepts(line) : !JournalSum.hasSum(line)
  }

  private mutating func takeHeader(_ line: [UInt8]) {
    guard let found = try? decoder.decode(JournalHeader.self, from: Data(line)), found.journal == JournalHeader.format
    else { return failure = JournalFailure(path, "is no journal of cachefiles-fsck") }
    guard [1, 2, 3].contains(found.version) else {
      return failure = JournalFailure(path, "has version \(found.version), which is not known")
    }
    header = found
    if !hasRightSum(line) { failure = damage }
  }

  /// What the journal holds.
  ///
  /// - Throws: ``JournalFailure`` when it is none, or a line is damaged.
  func finish() throws(JournalFailure) -> Journal.Contents {
    if let failure { throw failure }
    guard let header else { throw JournalFailure(path, "is no journal of cachefiles-fsck") }
    return Journal.Contents(header: header, steps: steps, end: end)
  }
}
