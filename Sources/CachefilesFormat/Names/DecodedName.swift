// SPDX-License-Identifier: Apache-2.0

/// What a name stands for.
public struct DecodedName: Equatable, Sendable {
  /// The scheme that the first letter tells.
  public var scheme: NameScheme
  /// The shortest length, in bytes, that the key can have; 0 when there is none.
  public var shortestKey: Int
  /// The longest length, in bytes, that the key can have; less than the shortest when there is none.
  public var longestKey: Int
  /// Why no kernel would have made this name; nil when it is canonical.
  public var defect: NameDefect?

  /// Whether some kernel since 5.17 makes exactly this name for a key that it accepts.
  public var isCanonical: Bool { defect == nil }

  /// Every length, in bytes, that the key can have: one for `D` and `E`, up to four for `S` and `T`.
  public var keyLengths: [Int] { shortestKey <= longestKey ? Array(shortestKey...longestKey) : [] }
}
