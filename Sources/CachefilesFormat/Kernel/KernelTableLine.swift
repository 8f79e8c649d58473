// SPDX-License-Identifier: Apache-2.0

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
