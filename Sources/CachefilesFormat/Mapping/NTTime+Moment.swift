// SPDX-License-Identifier: Apache-2.0
extension NTTime {
  /// The time of a moment since 1970; fractions below 100 ns are left out. Nil when it is before 1601 or beyond what
  /// 64 bits count.
  init?(seconds: Int64, nanoseconds: UInt32) {
    let (shifted, overflow) = seconds.addingReportingOverflow(11_644_473_600)
    guard !overflow, shifted >= 0 else { return nil }
    let (product, carry) = UInt64(shifted).multipliedReportingOverflow(by: 10_000_000)
    let (sum, more) = product.addingReportingOverflow(UInt64(nanoseconds / 100))
    guard !carry, !more else { return nil }
    self.init(units: sum)
  }
}
