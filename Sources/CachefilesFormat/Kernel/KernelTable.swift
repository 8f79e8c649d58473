// SPDX-License-Identifier: Apache-2.0

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
