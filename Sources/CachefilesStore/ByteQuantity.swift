// SPDX-License-Identifier: Apache-2.0

/// Bytes as people read them.
package enum ByteQuantity {
  private static let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]

  /// Bytes with a unit in powers of 1024, one digit after the point below a hundred: `0 B`, `1.5 MiB`, `120 GiB`.
  package static func words(_ bytes: UInt64) -> String {
    guard bytes >= 1024 else { return "\(bytes) B" }
    var value = Double(bytes) / 1024
    var unit = 0
    while value >= 1023.95, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    guard value < 99.95 else { return "\(UInt64(value.rounded())) \(units[unit])" }
    let tenths = UInt64((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }
}
