// SPDX-License-Identifier: Apache-2.0
#if DEBUG || Fuzzing
  import CachefilesFormat
  import LinuxIO

  @testable import CachefilesCommands

  /// The first line is a path, each further one a pattern; all together match what each matches on its own.
  enum PatternChecks {
    static func check(_ input: [UInt8]) throws {
      let lines = input.split(separator: 10, omittingEmptySubsequences: false).prefix(20).map { Array($0.prefix(400)) }
      let path = lines[0]
      let patterns = Array(lines.dropFirst())
      for pattern in patterns { try glob(pattern, path) }
      try set(patterns, path)
      try file(patterns, path)
      try literal(path)
    }

    private static func glob(_ pattern: [UInt8], _ text: [UInt8]) throws {
      let glob = Glob(pattern)
      try hold(glob.matches(text) == matches(glob.parts, text), "a glob matches otherwise")
      if let literal = glob.literal {
        try hold(glob.matches(literal), "a literal does not match itself")
        try hold(glob.matches(text) == (text == literal), "a literal matches something else")
      }
      let volumes = VolumeGlob(pattern)
      if volumes.matches(text), glob.literal == nil {
        try hold(glob.matches(text) || VolumeDescription(text).matches(glob), "a volume is matched by nothing")
      }
    }

    /// All places of a pattern at once.
    private static func matches(_ parts: [Glob.Part], _ text: [UInt8]) -> Bool {
      func closed(_ places: Set<Int>) -> Set<Int> {
        var places = places
        for place in parts.indices where places.contains(place) && parts[place] == .anything {
          places.insert(place + 1)
        }
        return places
      }
      var places = closed([0])
      for byte in text {
        var next: Set<Int> = []
        for place in places where place < parts.count {
          switch parts[place] {
          case .anything: next.insert(place)
          case .anyByte: next.insert(place + 1)
          case .byte(byte): next.insert(place + 1)
          case .byte: break
          }
        }
        places = closed(next)
      }
      return places.contains(parts.count)
    }

    /// What the patterns are compared with.
    private static func forms(_ path: [UInt8]) -> [[UInt8]]? {
      let parts = path.split(separator: UInt8(ascii: "/"), maxSplits: 3, omittingEmptySubsequences: false).map {
        Array($0)
      }
      guard parts.count == 4, !parts[3].contains(UInt8(ascii: "/")), parts[1].first == VolumeName.prefix else {
        return nil
      }
      let key = Array(parts[1].dropFirst())
      return [path, key + [UInt8(ascii: "/")] + parts[3]] + VolumeDescription(key).forms
    }

    private static func set(_ patterns: [[UInt8]], _ path: [UInt8]) throws {
      let set = PatternSet(patterns)
      guard let forms = forms(path) else {
        _ = set.matches(path: path)
        return
      }
      let matching = patterns.indices.filter { index in
        let glob = Glob(patterns[index])
        return forms.contains { glob.matches($0) }
      }
      let answer = set.matches(path: path)
      try hold(answer == !matching.isEmpty, "together \(answer), on their own \(matching)")
      let rest = patterns.indices.filter { !matching.contains($0) }
      try hold(set.unmatched == rest, "unmatched \(set.unmatched), not \(rest)")
      try hold(set.matches(path: path) == answer, "another answer the second time")
    }

    private static func file(_ patterns: [[UInt8]], _ path: [UInt8]) throws {
      let read = try MemoryFile.with(MemoryText.joined(patterns)) { _, path in
        try mustNotFail("a file of patterns") { try ProtectedPatterns(path) }
      }
      let own = patterns.map { $0.last == 13 ? Array($0.dropLast()) : $0 }
        .filter { line in line.first != UInt8(ascii: "#") && line.contains { $0 != 0x20 && $0 != 9 } }
      try hold(read.isEmpty == own.isEmpty, "patterns are lost")
      try hold(read.warnings.count == own.count, "\(read.warnings.count) patterns, not \(own.count)")
      for warning in read.warnings { try Fields.printable(warning) }
      try hold(read.rule.matches(path: path) == PatternSet(own).matches(path: path), "a file matches otherwise")
    }

    /// A path as these tools print it, with wildcards taken as they are, matches itself and nothing else.
    private static func literal(_ path: [UInt8]) throws {
      let printed = Array(EscapedBytes.string(path).utf8).flatMap { byte in
        byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") ? [UInt8(ascii: "\\"), byte] : [byte]
      }
      try hold(Glob(printed).literal == path, "a printed path is another pattern")
    }
  }

  /// Lines put together.
  enum MemoryText {
    static func joined(_ lines: [[UInt8]]) -> [UInt8] { Array(lines.map { $0 + [10] }.joined()) }
  }
#endif
