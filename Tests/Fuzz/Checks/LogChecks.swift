// SPDX-License-Identifier: Apache-2.0
#if DEBUG || Fuzzing
  import CachefilesFormat

  @testable import CachefilesCommands

  /// Lines that are pasted, one after another: the answers are lines of text and of JSON, whatever comes.
  enum LogChecks {
    static func check(_ input: [UInt8]) throws {
      let lines = input.split(separator: 10, maxSplits: 24, omittingEmptySubsequences: false).map { Array($0) }
      let volume = Array("9p,p9src,hosttag".utf8)
      for context in [
        DecodeContext(volumeKey: nil, byteOrder: nil), DecodeContext(volumeKey: volume, byteOrder: .big),
      ] {
        var memory = LogMemory()
        for line in lines { try answer(line, context, &memory) }
      }
      for line in lines { try parts(line) }
      try digest(input)
    }

    private static func answer(_ line: [UInt8], _ context: DecodeContext, _ memory: inout LogMemory) throws {
      let answer = PastedAnswer(line, context, &memory)
      if let reason = answer.failure { try Fields.printable(reason) }
      try Fields.printable(answer.summary, except: [9, 10])
      for verbose in [false, true] {
        for text in answer.lines(Style(isOn: false), verbose: verbose) { try Fields.printable(text) }
      }
      for pretty in [false, true] {
        var json = JSONWriter(pretty: pretty)
        json.object { answer.write(to: &$0) }
        try JSONText.check(json.bytes)
      }
      if case .name(let object) = answer.reading {
        try hold(object.decoded.keyLengths.allSatisfy { $0 <= object.key.count }, "a key longer than its bytes")
      }
    }

    private static func parts(_ line: [UInt8]) throws {
      if let path = PastedText.path(in: line) { try contained(path, line) }
      if let key = PastedText.volumeKey(in: line) { try contained(key, line) }
      if let text = PastedText.unquoted(line) { try contained(text, line) }
      if let name = PastedText.listed(line) { try hold(name.count <= line.count, "longer than the line") }
      _ = PastedText.isHeading(line)
      try attribute(line)
      do throws(LogLine.Failure) { _ = try LogLine(parsing: line.span) } catch {
        try Fields.printable(error.description)
      }
      for strict in [false, true] {
        guard let match = LogMessage.match(line.span, strict: strict) else { continue }
        try Fields.printable(match.explanation)
        if let name = match.name { try hold(name.count <= line.count, "a name longer than the line") }
      }
    }

    private static func attribute(_ line: [UInt8]) throws {
      let text: AttributeText
      do throws(AttributeText.Failure) { text = try AttributeText(parsing: line.span) } catch {
        return try Fields.printable(error.description)
      }
      switch text {
      case .value(let bytes), .file(let bytes): try hold(bytes.count <= line.count, "more bytes than characters")
      case .nothing: break
      }
    }

    private static func contained(_ part: [UInt8], _ line: [UInt8]) throws {
      let isThere = part.isEmpty || line.indices.contains { line[$0...].starts(with: part) }
      try hold(isThere, "a part that the line does not have")
    }

    private static func digest(_ text: [UInt8]) throws {
      let digest = LogDigest(parsing: text.span)
      try hold(digest.lines <= text.count { $0 == 10 } + 1, "more lines than there are")
      for entry in digest.entries {
        try hold(entry.count > 0 && entry.line.count <= LogDigest.keptBytes, "an entry of \(entry.line.count) bytes")
        try Fields.printable(entry.match.explanation)
      }
      try hold(digest.troubles.count <= digest.entries.count, "more troubles than entries")
    }
  }
#endif
