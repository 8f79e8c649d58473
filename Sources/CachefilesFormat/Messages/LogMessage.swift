// SPDX-License-Identifier: Apache-2.0

/// A message about caching, of the kernel or of cachefilesd: what it means and what to do.
///
/// One table serves `decode`, `explain` and `doctor --log`. Its texts are those of the modules of 5.10, 6.1 and 6.12 and
/// of cachefilesd 0.10.10; where the releases differ, ``releases`` says so.
public struct LogMessage: Equatable, Sendable {
  /// How much it matters.
  public enum Weight: String, Sendable, CaseIterable {
    /// As it should be.
    case note
    /// Something is cached less well than it could be, or not at all.
    case warning
    /// The cache, or the daemon, has stopped.
    case critical
  }

  /// Who writes it.
  public enum Source: String, Sendable, CaseIterable {
    /// The kernel's log.
    case kernel
    /// The daemon's messages, in the system log.
    case cachefilesd
  }

  /// Its name, which never changes.
  public var id: String
  /// Who writes it.
  public var source: Source
  /// How much it matters.
  public var weight: Weight
  /// Its text: `%s` stands for anything, `%d` for a number.
  public var pattern: String
  /// Which releases write it.
  public var releases: String
  /// What it means.
  public var meaning: String
  /// What to do.
  public var advice: String

  /// ``pattern``, taken apart.
  private let pieces: [Piece]

  init(
    id: String, source: Source, weight: Weight, pattern: String, releases: String, meaning: String, advice: String
  ) {
    self.id = id
    self.source = source
    self.weight = weight
    self.pattern = pattern
    self.releases = releases
    self.meaning = meaning
    self.advice = advice
    pieces = Self.pieces(of: pattern)
  }

  /// Where a line has the message, and what stands in its place holders.
  public struct Match: Equatable, Sendable {
    /// The message.
    public var message: LogMessage
    /// The name that `%s` stands for, the first if there are several.
    public var name: [UInt8]?
    /// The number that `%d` stands for: an error of the kernel's, negative.
    public var number: Int?

    /// The message as such, without a line.
    public init(message: LogMessage, name: [UInt8]? = nil, number: Int? = nil) {
      self.message = message
      self.name = name
      self.number = number
    }

    /// What the number adds to the meaning; nil where it adds nothing.
    public var numberMeaning: String? {
      guard let number else { return nil }
      return LogMessage.errorMeaning(number, of: message.id)
    }

    /// Meaning, number and advice in one line.
    public var explanation: String {
      [message.meaning, numberMeaning, message.advice == "nothing" ? nil : message.advice]
        .compactMap { $0 }.joined(separator: "; ")
    }
  }

  /// The message that a line holds, nil when it is none of the table.
  ///
  /// - Parameters:
  ///   - line: the line, without its newline.
  ///   - strict: take a line only when it names who wrote it, as each line of a log does. Without it a message may stand
  ///     alone.
  public static func match(_ line: Span<UInt8>, strict: Bool = false) -> Match? {
    let isKernels = kernelTags.contains { LogText.find($0, in: line) != nil }
    let isDaemons = LogText.find("cachefilesd", in: line) != nil
    if strict, !isKernels, !isDaemons { return nil }
    for message in all {
      let isNamed = message.source == .kernel ? isKernels : isDaemons
      if strict, !isNamed { continue }
      guard let found = message.find(in: line) else { continue }
      // Its words may be everyday words: then they count behind the name of who writes them, or when they come first.
      guard isNamed || found.start == 0 || message.isDistinct else { continue }
      return found.match
    }
    return nil
  }

  /// Whether a line comes from the kernel's caching code or from cachefilesd, whatever it says.
  static func names(aCacheIn line: Span<UInt8>) -> Bool {
    authors.contains { LogText.find($0, in: line) != nil }
  }

  private static let authors: [StaticString] = ["CacheFiles:", "cachefiles:", "FS-Cache:", "cachefilesd["]

  private static let kernelTags: [StaticString] = [
    "acheFiles:", "achefiles:", "FS-Cache", "netfs:", "Cache volume key", "NFS: Cache",
  ]

  /// Whether the text is found nowhere else: it names the cache itself.
  private var isDistinct: Bool {
    pattern.contains("ache") || pattern.contains("ookie") || pattern.contains("graveyard")
  }

  /// The first place in a line where the pattern stands.
  private func find(in line: Span<UInt8>) -> (start: Int, match: Match)? {
    guard case .text(let first)? = pieces.first(where: { if case .text = $0 { true } else { false } }) else {
      return nil
    }
    let startsWithText = pieces.first == .text(first)
    var offset = 0
    var isHopeless = false
    while offset + first.count <= line.count, !isHopeless {
      defer { offset += 1 }
      guard line[offset] == first[0], line.extracting(offset..<offset + first.count).equals(first.span) else {
        continue
      }
      if startsWithText {
        if let match = read(pieces[...], in: line, at: offset, &isHopeless) { return (offset, match) }
      } else {
        // A name comes first: the word before the text.
        var start = offset
        while start > 0, line[start - 1] != 0x20 { start -= 1 }
        if var match = read(pieces.dropFirst(), in: line, at: offset, &isHopeless) {
          match.name = line.extracting(start..<offset).array
          return (start, match)
        }
      }
    }
    return nil
  }

  /// Reads the pieces from a place on.
  ///
  /// - Parameter isHopeless: set where what follows a name stands nowhere behind it: then a later place is no better.
  private func read(
    _ pieces: ArraySlice<Piece>, in line: Span<UInt8>, at start: Int, _ isHopeless: inout Bool
  ) -> Match? {
    var match = Match(message: self)
    var offset = start
    for (index, piece) in zip(pieces.indices, pieces) {
      switch piece {
      case .text(let text):
        guard offset + text.count <= line.count, line.extracting(offset..<offset + text.count).equals(text.span) else {
          return nil
        }
        offset += text.count
      case .number:
        var end = offset
        while end < line.count, line[end] == UInt8(ascii: "-") || (48...57).contains(line[end]) { end += 1 }
        guard let number = LineNumber.decimal(line.extracting(offset..<end).array) else { return nil }
        match.number = match.number ?? number
        offset = end
      case .name:
        guard index + 1 < pieces.endIndex, case .text(let next) = pieces[index + 1] else {
          match.name = match.name ?? line.extracting(offset..<line.count).array
          return match
        }
        var end = offset
        while end + next.count <= line.count, !line.extracting(end..<end + next.count).equals(next.span) { end += 1 }
        guard end + next.count <= line.count else {
          isHopeless = true
          return nil
        }
        match.name = match.name ?? line.extracting(offset..<end).array
        offset = end
      }
    }
    return match
  }

  private enum Piece: Equatable, Sendable {
    case text([UInt8])
    case name
    case number
  }

  private static func pieces(of pattern: String) -> [Piece] {
    var pieces: [Piece] = []
    var text: [UInt8] = []
    var bytes = Array(pattern.utf8)[...]
    while let byte = bytes.popFirst() {
      if byte == UInt8(ascii: "%"), let kind = bytes.first, kind == UInt8(ascii: "s") || kind == UInt8(ascii: "d") {
        bytes.removeFirst()
        if !text.isEmpty { pieces.append(.text(text)) }
        text = []
        pieces.append(kind == UInt8(ascii: "s") ? .name : .number)
      } else {
        text.append(byte)
      }
    }
    if !text.isEmpty { pieces.append(.text(text)) }
    return pieces
  }

  /// What an error number says in a message of this kind.
  private static func errorMeaning(_ number: Int, of id: String) -> String? {
    switch (id, -number) {
    case ("bind-failed", 30): "error -30 (EROFS): the file system is mounted read-only"
    case ("bind-failed", 95):
      "error -95 (EOPNOTSUPP): the file system lacks something that a cache needs: user attributes, unnamed files "
        + "(O_TMPFILE), before 5.17 bmap"
    case ("bind-failed", 22):
      "error -22 (EINVAL): the security context of 'secctx' is unknown, or a limit is out of order"
    case ("bind-failed", 5): "error -5 (EIO): 'cache' or 'graveyard' is not a directory, or the disk failed"
    case ("bind-failed", 16): "error -16 (EBUSY): the directory belongs to a cache that is bound already"
    case ("bind-failed", 17): "error -17 (EEXIST): another cache has the same tag"
    case ("internal", 16): "error -16 (EBUSY): the object came into use while it was culled, and stays"
    case (_, 5): "error -5 (EIO): the disk or its file system failed"
    case (_, 13): "error -13 (EACCES): forbidden by permissions or SELinux; or a slash in the name"
    case (_, 28): "error -28 (ENOSPC): the file system is full, or has no inodes left"
    case (_, 30): "error -30 (EROFS): the file system is read-only"
    case (_, 36): "error -36 (ENAMETOOLONG): the name has more than 255 bytes, so that nothing of it is ever cached"
    case (_, 95): "error -95 (EOPNOTSUPP): the file system does not support it"
    case (_, 105): "error -105 (ENOBUFS): the cache has no room (below its stop limit) or is being withdrawn"
    case (_, 110): "error -110 (ETIMEDOUT): an old object of the same name did not go away"
    case (_, 122): "error -122 (EDQUOT): the quota is used up"
    case (_, 12): "error -12 (ENOMEM): no memory"
    case (_, 1): "error -1 (EPERM): forbidden, for example by an immutable flag"
    case (_, 2): "error -2 (ENOENT): it does not exist"
    default: nil
    }
  }
}
