// SPDX-License-Identifier: Apache-2.0
extension Int64 {
  /// The difference, held at the limits of the type. Times on a disk can be centuries apart.
  @inlinable
  package func subtractingClamped(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (self < other ? .min : .max) : difference
  }

  /// The nearest whole number, held at the limits of the type; 0 for what is no number.
  package init(rounding value: Double) {
    self = value.isNaN ? 0 : Int64(exactly: value.rounded()) ?? (value < 0 ? .min : .max)
  }
}

extension Int {
  /// The sum, held at the limits of the type.
  package func addingClamped(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  /// The product, held at the limits of the type.
  package func multipliedClamped(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
  }
}

extension UInt64 {
  /// The sum, or the largest number.
  @inlinable
  package func addingClamped(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  /// The product, held at the limit of the type.
  package func multipliedClamped(by other: UInt64) -> UInt64 {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }

  /// The nearest whole number, held at the limits of the type; 0 for what is no number.
  package init(rounding value: Double) {
    self = value.isNaN || value < 0 ? 0 : UInt64(exactly: value.rounded()) ?? .max
  }
}
