// SPDX-License-Identifier: Apache-2.0

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
