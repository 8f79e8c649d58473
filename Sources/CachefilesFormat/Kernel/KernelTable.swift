/// A line of one of the kernel's tables under `/proc`.
public protocol KernelTableLine: Equatable, Sendable {
  /// Why a line is no row.
  associatedtype Failure: Error

  /// Reads a line, with or without its line feed.
  ///
  /// - Throws: `Failure` when it is a heading, or a column is not what the kernel prints there.
  init(parsing line: Span<UInt8>) throws(Failure)

  /// Whether a line was refused because it is one of the headings of the table.
  static func isHeading(_ failure: Failure) -> Bool
}

/// Lines that no parser understood: counted, and the first ones kept.
public struct UnreadLines: Equatable, Sendable {
  /// How many there were.
  public private(set) var count = 0
  /// The first ones, without their line feeds.
  public private(set) var first: [[UInt8]] = []

  /// How many are kept.
  public static let keptLines = 8
  /// How many bytes of each are kept.
  public static let keptBytes = 512

  /// No lines.
  public init() {}

  /// Puts a line aside.
  public mutating func add(_ line: Span<UInt8>) {
    count += 1
    if first.count < Self.keptLines { first.append(line.extracting(first: Self.keptBytes).array) }
  }
}

/// One of the kernel's tables under `/proc`, read whole.
///
/// A line that is not understood is put aside and does not stop the rest: the next kernel may print a column more.
public struct KernelTable<Line: KernelTableLine>: Equatable, Sendable {
  /// The rows, in the kernel's order.
  public private(set) var rows: [Line] = []
  /// The lines that are neither rows nor headings.
  public private(set) var unread = UnreadLines()

  /// A table without rows.
  public init() {}

  /// Reads a whole table.
  public init(parsing text: Span<UInt8>) {
    KernelText.forEachLine(of: text) { add($0) }
  }

  /// Reads one more line; an empty one does not count.
  public mutating func add(_ line: Span<UInt8>) {
    if line.isEmpty { return }
    do throws(Line.Failure) {
      rows.append(try Line(parsing: line))
    } catch {
      if !Line.isHeading(error) { unread.add(line) }
    }
  }
}

extension CookieLine: KernelTableLine {
  /// Whether a line was refused because it is one of the two headings.
  public static func isHeading(_ failure: Failure) -> Bool { failure == .heading }
}

extension VolumeLine: KernelTableLine {
  /// Whether a line was refused because it is one of the two headings.
  public static func isHeading(_ failure: Failure) -> Bool { failure == .heading }
}

/// Text that the kernel writes in lines.
enum KernelText {
  /// Calls a closure for each line, without its line feed.
  static func forEachLine(of text: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, text[end] != 10 { end += 1 }
      body(text.extracting(start..<end))
      start = end + 1
    }
  }

  /// The parts of a line between single separators, empty ones included.
  static func split(_ line: Span<UInt8>, at separator: UInt8) -> [[UInt8]] {
    var parts: [[UInt8]] = []
    var start = 0
    for index in 0..<line.count where line[index] == separator {
      parts.append(line.extracting(start..<index).array)
      start = index + 1
    }
    parts.append(line.extracting(start..<line.count).array)
    return parts
  }
}
