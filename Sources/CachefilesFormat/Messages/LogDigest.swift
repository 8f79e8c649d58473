// SPDX-License-Identifier: Apache-2.0

/// What a log says about caching: each message once, with how often it came, and without what a later start of the cache
/// has put right.
public struct LogDigest: Sendable {
  /// One message.
  public struct Entry: Equatable, Sendable {
    /// The message, as it came last.
    public var match: LogMessage.Match
    /// How often it came.
    public var count: Int
    /// The last line with it.
    public var line: [UInt8]
    /// Whether the cache was bound again after it, so that it is history.
    public var isOver: Bool
  }

  /// The messages in the order in which they first came.
  public private(set) var entries: [Entry] = []
  /// How many lines there were.
  public private(set) var lines = 0

  /// Lines of the kernel's caching code or of cachefilesd that are none of the known messages.
  public struct Strangers: Equatable, Sendable {
    /// How many there were.
    public var count = 0
    /// The first one.
    public var first: [UInt8] = []

    mutating func note(_ line: Span<UInt8>) {
      if count == 0 { first = line.extracting(first: LogDigest.keptBytes).array }
      count += 1
    }
  }

  /// What came from those who write about caching and is not known.
  public private(set) var strangers = Strangers()

  /// How much of a line is kept, in bytes.
  public static let keptBytes = 300

  /// No lines yet.
  public init() {}

  /// Reads a whole log.
  public init(parsing text: Span<UInt8>) {
    KernelText.forEachLine(of: text) { add($0) }
  }

  /// Reads one more line.
  public mutating func add(_ given: Span<UInt8>) {
    lines += 1
    let line = PastedText.withoutReturn(given)
    guard let match = LogMessage.match(line, strict: true) else {
      if LogMessage.names(aCacheIn: line) { strangers.note(line) }
      return
    }
    let kept = line.extracting(first: Self.keptBytes).array
    if Self.starts.contains(match.message.id) {
      for index in entries.indices
      where entries[index].match.message.weight == .critical || Self.ends.contains(entries[index].match.message.id) {
        entries[index].isOver = true
      }
    }
    let same = entries.firstIndex { $0.match.message.id == match.message.id && $0.match.number == match.number }
    guard let same else {
      entries.append(Entry(match: match, count: 1, line: kept, isOver: false))
      return
    }
    entries[same].match = match
    entries[same].count += 1
    entries[same].line = kept
    entries[same].isOver = false
  }

  /// The messages that count: warnings and worse that no later start has put right.
  public var troubles: [Entry] { entries.filter { !$0.isOver && $0.match.message.weight != .note } }

  private static let starts: Set<String> = ["bound", "added", "daemon-bound", "daemon-started"]
  private static let ends: Set<String> = ["unbound", "withdrawing", "daemon-terminated", "cull-dead", "inuse-dead"]
}
