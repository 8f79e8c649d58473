// SPDX-License-Identifier: Apache-2.0
#if DEBUG || Fuzzing
  import CachefilesFormat
  import CachefilesStore
  import FoundationEssentials
  import LinuxIO
  import SystemPackage

  @testable import CachefilesCheck
  @testable import CachefilesTrust

  /// Journals and lists: what is read is written again in the same words.
  enum JournalChecks {
    static func check(_ input: [UInt8]) throws {
      try repair(input)
      try verification(input)
      try list(input)
    }

    private static var encoder: JSONEncoder {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return encoder
    }

    private static func parse(_ text: [UInt8]) throws -> Journal.Contents? {
      var parser = JournalParser("/journal")
      // A last line without its newline is left out, as the file's reader does.
      for line in text.split(separator: 10, omittingEmptySubsequences: false).dropLast() {
        if !parser.take(Array(line)) { break }
      }
      do throws(JournalFailure) { return try parser.finish() } catch {
        try Fields.printable(error.description)
        return nil
      }
    }

    private static func repair(_ input: [UInt8]) throws {
      guard let contents = try parse(input) else { return }
      var text = try Array(encoder.encode(contents.header)) + [10]
      for step in contents.steps {
        text += try Array(encoder.encode(step)) + [10]
        _ = (step.isMove, step.paths, step.changedDirectories, step.changedFacts)
      }
      if let end = contents.end { text += try Array(encoder.encode(end)) + [10] }
      try hold(try parse(text) == contents, "another journal")
      for index in contents.steps.indices { _ = contents.mayBeHalfDone(index) }
    }

    private static func verification(_ input: [UInt8]) throws {
      guard let state = try? JSONDecoder().decode(VerifyJournal.State.self, from: Data(input)) else { return }
      let text = try Array(encoder.encode(state))
      try JSONText.check(text)
      let again = try mustNotFail("a journal") { try JSONDecoder().decode(VerifyJournal.State.self, from: Data(text)) }
      try hold(again == state, "another journal of a verification")
      _ = state.subject.digest
    }

    private static func read(_ list: [UInt8], isNull: Bool) throws -> PathList? {
      try MemoryFile.with(list) { _, path in try? PathList(path, isNull: isNull) }
    }

    private static func list(_ input: [UInt8]) throws {
      for isNull in [false, true] {
        guard let list = try read(input, isNull: isNull) else { continue }
        try hold(list.paths.reduce(0) { $0 + $1.count } <= input.count, "paths longer than the list")
        if isNull {
          try hold(list.paths == input.split(separator: 0).map { Array($0) }, "other paths")
        } else if list.nameless == 0 {
          // Printed again, they are the same paths.
          let text = MemoryText.joined(list.paths.map { Array(EscapedBytes.string($0).utf8) })
          let first = text.first { $0 > 32 }
          if first == UInt8(ascii: "{") || list.paths.contains(where: { $0.first == UInt8(ascii: "#") || $0.isEmpty }) {
            continue
          }
          let again = try read(text, isNull: false)
          try hold(again?.paths == list.paths, "other paths in the second list")
        }
      }
    }
  }
#endif
