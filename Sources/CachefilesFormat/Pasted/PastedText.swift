// SPDX-License-Identifier: Apache-2.0

/// Text around a name or a path, as shells, editors and the usual tools put it there.
public enum PastedText {
  /// A line without the carriage return of another system's file.
  @_lifetime(copy line)
  public static func withoutReturn(_ line: Span<UInt8>) -> Span<UInt8> {
    line.count > 0 && line[line.count - 1] == 13 ? line.extracting(0..<line.count - 1) : line
  }

  /// What stands in one pair of quotes (`'…'`, `"…"`, backquotes or typographic ones), with blanks around it left out;
  /// nil when there are none.
  public static func unquoted(_ line: [UInt8]) -> [UInt8]? {
    let text = trimmed(line)
    for (open, close) in [("'", "'"), ("\"", "\""), ("`", "`"), ("`", "'"), ("‘", "’"), ("“", "”"), ("«", "»")] {
      let (open, close) = (Array(open.utf8), Array(close.utf8))
      guard text.count > open.count + close.count, text.starts(with: open),
        text.suffix(close.count).elementsEqual(close)
      else { continue }
      return Array(text.dropFirst(open.count).dropLast(close.count))
    }
    return nil
  }

  /// The path or the name in a line of `ls -l`, `ls -s`, `ls -i`, `du`, `find -ls`, `stat`, `filefrag`, `getfattr`,
  /// `lsattr`, `file` or a checksum; nil when the line is of none of them.
  public static func listed(_ line: [UInt8]) -> [UInt8]? {
    let text = trimmed(line)
    if let path = between(text, "File size of ", " is ") ?? after(text, "# file: ") ?? after(text, "File: ") {
      return unquoted(path) ?? path
    }
    if let found = beforeExtents(text) { return found }
    if let name = longListing(text) { return linkName(unquoted(name) ?? name) }
    if let name = afterNumbers(text) { return unquoted(name) ?? name }
    if text.last == UInt8(ascii: ":"), text.contains(UInt8(ascii: "/")) { return Array(text.dropLast()) }
    return nil
  }

  /// Whether a line is the heading of a table, or a line of a tool's output without a name in it.
  public static func isHeading(_ line: [UInt8]) -> Bool {
    let text = trimmed(line)
    let first = text.prefix { $0 != 0x20 && $0 != 9 }
    if text.contains(0x3d), text.allSatisfy({ $0 == UInt8(ascii: "=") || $0 == 0x20 || $0 == UInt8(ascii: "|") }) {
      return true
    }
    if Self.headings.contains(where: { first.elementsEqual($0.utf8) }), text.count > first.count { return true }
    if isCounts(text) || isRequest(text) || isNFSClient(text) { return true }
    for start in ["Filesystem type is: ", "total ", "getfattr: Removing", "ext:  ", "Blocksize of file "]
    where text.starts(with: Array(start.utf8)) { return true }
    // A row of filefrag -v: `0:        0..       2:   34816..   34818:      3:             last,eof`.
    let row = text.prefix { (48...57).contains($0) }
    return !row.isEmpty && text.dropFirst(row.count).first == UInt8(ascii: ":")
      && LogText.find("..", in: text.span) != nil
  }

  /// A line of /proc/fs/fscache/stats: `Cookies: n=0 v=0 vcol=0`, `Netfs  : DR=0`, `CacheOp: alo=0 luo=0`, or the title.
  private static func isCounts(_ text: [UInt8]) -> Bool {
    if ["FS-Cache statistics", "-- FS-Cache statistics --"].contains(where: { text.elementsEqual($0.utf8) }) {
      return true
    }
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return false }
    let name = text[..<colon].split(separator: 0x20)
    guard name.count == 1, name[0].allSatisfy({ isLetter($0) || (48...57).contains($0) }) else { return false }
    let counts = text[(colon + 1)...].split(separator: 0x20)
    return !counts.isEmpty && counts.allSatisfy { isCount($0) }
  }

  /// `n=12`, `age=5`, `x=0/3`.
  private static func isCount(_ word: ArraySlice<UInt8>) -> Bool {
    let name = word.prefix { isLetter($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
    let value = word.dropFirst(name.count)
    return !name.isEmpty && value.first == UInt8(ascii: "=") && value.count > 1
      && value.dropFirst().allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "-") }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }

  /// A row of /proc/fs/netfs/requests: `00000001 RA  2 2120    0   0 @34c1f4000 0/8000`.
  private static func isRequest(_ text: [UInt8]) -> Bool {
    let words = split(text).map(\.word)
    guard words.count == 8, words[0].count == 8, words[0].allSatisfy({ Hex.value(of: $0) != nil }),
      words[6].first == UInt8(ascii: "@"), words[6].dropFirst().allSatisfy({ Hex.value(of: $0) != nil })
    else { return false }
    return words[1].count == 2 && words[7].contains(UInt8(ascii: "/"))
  }

  /// A row of /proc/fs/nfsfs/servers or volumes: `v4 7f000001  801   2 127.0.0.1`. It names a server, but no key.
  private static func isNFSClient(_ text: [UInt8]) -> Bool {
    let words = split(text).map(\.word)
    guard words.count >= 5, words[0].count == 2, words[0][0] == UInt8(ascii: "v"), (50...52).contains(words[0][1]),
      [8, 32].contains(words[1].count)
    else { return false }
    return words[1].allSatisfy { Hex.value(of: $0) != nil } && words[2].allSatisfy { Hex.value(of: $0) != nil }
  }

  private static let headings = ["COOKIE", "VOLUME", "OBJECT", "CACHE", "REQUEST", "NV"]

  /// A path into a cache anywhere in a line: it goes from a blank or a quote to the end of the name below `@xx/`.
  public static func path(in line: [UInt8]) -> [UInt8]? {
    var index = 0
    while index + 4 < line.count {
      defer { index += 1 }
      guard line[index] == UInt8(ascii: "/") || index == 0 || isEdge(line[index - 1]) else { continue }
      let at = line[index] == UInt8(ascii: "/") ? index + 1 : index
      guard at + 3 < line.count, line[at + 3] == UInt8(ascii: "/"),
        Fanout(directoryName: line.span.extracting(at..<at + 3)) != nil
      else { continue }
      var end = at + 4
      while end < line.count, !isEdge(line[end]) { end += 1 }
      var start = at
      while start > 0, !isEdge(line[start - 1]) { start -= 1 }
      // A volume key may hold blanks: as long as there is no slash before, the name of the directory goes on.
      while start > 0, line[start] != UInt8(ascii: "/"), line[start] != UInt8(ascii: "I") || !isEdge(line[start - 1]),
        !isQuote(line[start - 1])
      { start -= 1 }
      end = endOfName(line, from: at + 4, to: end, path: start)
      guard end > at + 4, start < at else { return end > at + 4 ? Array(line[at..<end]) : nil }
      return Array(line[start..<end])
    }
    return nil
  }

  /// Where a name ends behind which a sentence may go on: it can end with commas itself. The volume and the directory in its path tell, or
  /// the quotes around it; where nothing does, marks do not belong to it.
  private static func endOfName(_ line: [UInt8], from start: Int, to end: Int, path: Int) -> Int {
    var least = end
    while least > start, ":,)]".utf8.contains(line[least - 1]) { least -= 1 }
    // Each mark more is another name that may be placed by chance, one in 256: so the shortest that is placed is it. Longer ones than a file
    // system takes are no names.
    for candidate in least..<max(least, min(end, start + ObjectName.maximumLength)) + 1
    where candidate > start && isPlaced(Array(line[path..<candidate])) {
      return candidate
    }
    if path > 0, end < line.count, isQuote(line[path - 1]), isQuote(line[end]) { return end }
    return least
  }

  /// Whether a path names a volume, a directory in it, and a name that belongs there.
  private static func isPlaced(_ path: [UInt8]) -> Bool {
    guard case .object(let volume, let directory, let name) = StorePath(path.span) else { return false }
    var key: [UInt8] = []
    do throws(NameFailure) { _ = try ObjectName.decode(name.span, into: &key) } catch { return false }
    let fanout = KeyHash(cookieKey: key.span, in: KeyHash(volumeKey: volume.span)).fanout
    return fanout.directoryName == directory
  }

  private static func isQuote(_ byte: UInt8) -> Bool { byte == 0x22 || byte == 0x27 || byte == 0x60 }
  private static func isEdge(_ byte: UInt8) -> Bool {
    LineReader.isBlank(byte) || isQuote(byte) || byte == UInt8(ascii: "(")
  }

  private static func trimmed(_ line: [UInt8]) -> [UInt8] {
    var text = line[...]
    while let last = text.last, LineReader.isBlank(last) || last == 10 { text.removeLast() }
    while let first = text.first, LineReader.isBlank(first) { text.removeFirst() }
    return Array(text)
  }

  private static func after(_ text: [UInt8], _ start: String) -> [UInt8]? {
    text.starts(with: Array(start.utf8)) ? trimmed(Array(text.dropFirst(start.utf8.count))) : nil
  }

  private static func between(_ text: [UInt8], _ start: String, _ end: StaticString) -> [UInt8]? {
    guard let rest = after(text, start) else { return nil }
    var place: Int?
    while let next = LogText.find(end, in: rest.span, from: (place ?? -1) + 1) { place = next }
    return place.map { Array(rest[..<$0]) }
  }

  /// `PATH: 3 extents found`, with what filefrag adds behind it.
  private static func beforeExtents(_ text: [UInt8]) -> [UInt8]? {
    guard let found = LogText.find(" extent", in: text.span), LogText.find(" found", in: text.span, from: found) != nil
    else { return nil }
    var start = found
    while start > 0, (48...57).contains(text[start - 1]) { start -= 1 }
    guard start >= 3, start < found, text[start - 1] == 0x20, text[start - 2] == UInt8(ascii: ":") else { return nil }
    return Array(text[..<(start - 2)])
  }

  /// `-rw------- 1 root root 4096 Nov 28 07:05 NAME`, also with a full time, an inode number and blocks before it.
  private static func longListing(_ text: [UInt8]) -> [UInt8]? {
    var words = split(text)
    while let first = words.first,
      first.word.allSatisfy({ (48...57).contains($0) || $0 == 0x2e || (65...90).contains($0) }),
      words.count > 8
    { words.removeFirst() }
    guard let mode = words.first?.word, (10...11).contains(mode.count), "-dlcbps".utf8.contains(mode[0]),
      mode[1...9].allSatisfy({ "rwxsStT-".utf8.contains($0) })
    else { return nil }
    // Mode, links, owner, group, size; then three words of a time, two and a zone, or two.
    guard words.count >= 7 else { return nil }
    let isIso = words[5].word.count == 10 && words[5].word[4] == UInt8(ascii: "-")
    var name = isIso ? 7 : 8
    if isIso, words.count > 7, words[7].word.count == 5, let sign = words[7].word.first,
      sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
    {
      name = 8
    }
    return name < words.count ? Array(text[words[name].start...]) : nil
  }

  /// The name without ` -> target`.
  private static func linkName(_ name: [UInt8]) -> [UInt8] {
    LogText.find(" -> ", in: name.span).map { Array(name[..<$0]) } ?? name
  }

  /// Numbers, then a name: `ls -s`, `ls -i`, `du`, a checksum, `lsattr`.
  private static func afterNumbers(_ text: [UInt8]) -> [UInt8]? {
    let words = split(text)
    guard words.count >= 2 else { return nil }
    let first = words[0].word
    let isSize =
      first.first.map { (48...57).contains($0) } == true
      && first.allSatisfy { (48...57).contains($0) || ".,KMGTkB".utf8.contains($0) }
    let isSum = [32, 40, 56, 64, 96, 128].contains(first.count) && first.allSatisfy { Hex.value(of: $0) != nil }
    let isFlags =
      first.count >= 10 && first.allSatisfy { "-acdeijmstuxACDEFINPSTV".utf8.contains($0) } && first.contains(0x2d)
    guard isSize || isSum || isFlags else { return nil }
    let rest = Array(text[words[1].start...])
    // Only what can be a name or a path of a cache: a row of a table starts with numbers too.
    return rest.contains(UInt8(ascii: "/")) || (words.count == 2 && "DSTEIJ@".utf8.contains(rest[0])) ? rest : nil
  }

  private static func split(_ text: [UInt8]) -> [(start: Int, word: [UInt8])] {
    var words: [(start: Int, word: [UInt8])] = []
    var start: Int?
    for index in 0...text.count {
      let isBlank = index == text.count || LineReader.isBlank(text[index])
      if !isBlank, start == nil { start = index }
      if isBlank, let first = start {
        words.append((first, Array(text[first..<index])))
        start = nil
      }
    }
    return words
  }
}
