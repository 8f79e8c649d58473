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
  private var number = 0

  /// Starts before the first line of the journal at a path.
  init(_ path: FilePath) { self.path = path }

  /// Takes the next line; false when there is no use in reading on.
  mutating func take(_ line: [UInt8]) -> Bool {
    number += 1
    if number == 1 {
      takeHeader(line)
    } else if end == nil, let step = try? decoder.decode(JournalStep.self, from: Data(line)) {
      steps.append(step)
    } else if end == nil, let last = try? decoder.decode(JournalEnd.self, from: Data(line)) {
      end = last
    } else {
      failure = JournalFailure(path, "line \(number) is damaged; nothing was undone")
    }
    return failure == nil
  }

  private mutating func takeHeader(_ line: [UInt8]) {
    guard let found = try? decoder.decode(JournalHeader.self, from: Data(line)), found.journal == JournalHeader.format
    else { return failure = JournalFailure(path, "is no journal of cachefiles-fsck") }
    guard [1, 2].contains(found.version) else {
      return failure = JournalFailure(path, "has version \(found.version), which is not known")
    }
    header = found
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
