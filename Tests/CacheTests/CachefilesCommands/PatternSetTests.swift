// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep
import Foundation
import LinuxIO
import TestSupport
import Testing

@testable import CachefilesCommands

/// Patterns that are asked together, against each pattern on its own.
@Suite("Sets of patterns")
struct PatternSetTests {
  /// A part of a pattern, before it is written down.
  private enum Part {
    case byte(UInt8)
    case anyByte
    case anything
  }

  /// Whether a pattern matches all of a text, by trying everything.
  private static func matches(_ parts: ArraySlice<Part>, _ text: ArraySlice<UInt8>) -> Bool {
    guard let first = parts.first else { return text.isEmpty }
    switch first {
    case .byte(let byte): return text.first == byte && matches(parts.dropFirst(), text.dropFirst())
    case .anyByte: return !text.isEmpty && matches(parts.dropFirst(), text.dropFirst())
    case .anything:
      return matches(parts.dropFirst(), text) || (!text.isEmpty && matches(parts, text.dropFirst()))
    }
  }

  /// A pattern made of a text: some bytes become wildcards, some others, a stretch goes.
  private static func pattern(of text: [UInt8], _ random: inout SplitMix64) -> [Part] {
    var parts = text.map { Part.byte($0) }
    if random.next() % 3 == 0 { return parts }
    for _ in 0..<(random.next() % 3) where !parts.isEmpty {
      let place = Int(random.next() % UInt64(parts.count))
      parts[place] = random.next() % 2 == 0 ? .anyByte : .byte([42, 63, 92, 0, 255, 65][Int(random.next() % 6)])
    }
    // Few stars: what is tried one by one is tried in all ways.
    for _ in 0..<(random.next() % 3) where !parts.isEmpty {
      let start = Int(random.next() % UInt64(parts.count))
      let end = min(parts.count, start + Int(random.next() % UInt64(parts.count)))
      parts.replaceSubrange(start..<end, with: [.anything])
    }
    return parts
  }

  /// A pattern as a user writes it.
  private static func text(_ parts: [Part], _ random: inout SplitMix64) -> [UInt8] {
    var text: [UInt8] = []
    for part in parts {
      switch part {
      case .anyByte: text.append(UInt8(ascii: "?"))
      case .anything: text.append(UInt8(ascii: "*"))
      case .byte(let byte):
        let isSpecial = "*?\\".utf8.contains(byte)
        if random.next() % 16 == 0 {
          text += "\\x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
        } else if isSpecial {
          text += [UInt8(ascii: "\\"), byte]
        } else {
          text.append(byte)
        }
      }
    }
    return text
  }

  private static let volumes = [
    "nfs,3.0,2,,1e00a8c0,c4146a6249bbf02a,,,3002c0,100000,100000,2ee,3a98,1d4c,3a98,1", "9p,p9src,hosttag",
    "cifs,127.0.0.1:445,s", "afs,cell.org,20000009", "odd*key?\\", "cifs,127.0.0.1:445,B\u{fc}ro",
  ].map { Array($0.utf8) }

  private static func path(_ random: inout SplitMix64) -> [UInt8] {
    let volume = volumes[Int(random.next() % UInt64(volumes.count))]
    let fanout = ["@00", "@0c", "@ff"][Int(random.next() % 3)]
    let name = (0..<(1 + random.next() % 12)).map { _ in Array("T1D,ab*?\\e~".utf8)[Int(random.next() % 11)] }
    return Array("cache/I".utf8) + volume + Array("/\(fanout)/".utf8) + name
  }

  /// What the patterns are compared with.
  private static func forms(_ path: [UInt8]) -> [[UInt8]] {
    let parts = path.split(separator: UInt8(ascii: "/"), maxSplits: 3, omittingEmptySubsequences: false).map(Array.init)
    let key = Array(parts[1].dropFirst())
    return [path, key + [UInt8(ascii: "/")] + parts[3]] + VolumeDescription(key).forms
  }

  @Test("Hundreds of sets match what each of their patterns matches on its own, and know which matched nothing")
  func sameAsEach() {
    var random = SplitMix64(seed: 15)
    var (hits, misses) = (0, 0)
    for round in 0..<400 {
      let paths = (0..<30).map { _ in Self.path(&random) }
      let patterns = (0..<Int(1 + random.next() % 20)).map { _ in
        let forms = Self.forms(round % 4 == 0 ? Self.path(&random) : paths[Int(random.next() % 30)])
        return Self.pattern(of: forms[Int(random.next() % UInt64(forms.count))], &random)
      }
      let set = PatternSet(patterns.map { Self.text($0, &random) })
      var unmatched = Set(patterns.indices)
      for path in paths {
        let forms = Self.forms(path)
        let matching = patterns.indices.filter { index in
          forms.contains { Self.matches(patterns[index][...], $0[...]) }
        }
        unmatched.subtract(matching)
        let answer = set.matches(path: path)
        #expect(answer == !matching.isEmpty, "\(EscapedBytes.string(path))")
        if answer { hits += 1 } else { misses += 1 }
      }
      #expect(set.unmatched == unmatched.sorted())
    }
    #expect(hits > 1000 && misses > 1000)
  }

  /// Asks about each object of a scan.
  private struct Asking: ScanVisitor {
    let matcher: any ObjectMatcher
    var answers: [[UInt8]: Bool] = [:]

    mutating func visit(_ entry: borrowing ScanEntry) {
      if entry.place == .object { answers[entry.cachePath.bytes] = matcher.matches(entry) }
    }

    mutating func merge(_ other: consuming Asking) { answers.merge(other.answers) { mine, _ in mine } }
  }

  @Test("A scan, which asks what names of a directory have in common once, gets the same answers")
  func sameInAScan() throws {
    let scratch = ScratchDirectory()
    for volume in ["9p,one,a", "9p,two,b", "cifs,127.0.0.1:445,s"] {
      try scratch.makeCache(volume: volume, objects: 30)
    }
    let paths = NaiveWalk.entries("\(scratch.path)/cache-root").filter(\.isRegular).map(\.path)
    var random = SplitMix64(seed: 16)
    for _ in 0..<40 {
      let patterns = (0..<12).map { _ in
        let forms = Self.forms(paths[Int(random.next() % UInt64(paths.count))])
        return Self.pattern(of: forms[Int(random.next() % UInt64(forms.count))], &random)
      }
      let set = PatternSet(patterns.map { Self.text($0, &random) })
      let scanner = try Scanner(try Store(path: scratch.path("cache-root")), ScanOptions(threads: 3) { _ in })
      let (asked, _) = scanner.run { Asking(matcher: set.makeMatcher()) }
      #expect(asked.answers.count == paths.count)
      for path in paths {
        let expected = patterns.contains { pattern in Self.forms(path).contains { Self.matches(pattern[...], $0[...]) }
        }
        #expect(asked.answers[path] == expected, "\(EscapedBytes.string(path))")
      }
    }
  }
}
