// SPDX-License-Identifier: Apache-2.0
extension Duration {
  /// In whole seconds towards zero, held at the limits of the type: moments that file systems tell can be further apart.
  public var clampedSeconds: Int64 { Int64(clamping: attoseconds / 1_000_000_000_000_000_000) }

  /// In whole nanoseconds, held at the limits of the type: 292 years either way.
  public var clampedNanoseconds: Int64 { Int64(clamping: attoseconds / 1_000_000_000) }

  /// In seconds, as a fraction.
  public var inSeconds: Double { Double(attoseconds) / 1e18 }
}
