// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// A size on the command line: `10G`, `512M`, `1.5T` in powers of 1024; `10GB` in powers of 1000.
struct SizeArgument: ExpressibleByArgument, Equatable, CustomStringConvertible {
  /// The size in bytes.
  let bytes: UInt64
  /// Whether it is a plain number below 1 MiB, but not 0: as what a cache may occupy rather a size whose unit was forgotten.
  let isWithoutUnit: Bool

  init(bytes: UInt64) {
    self.bytes = bytes
    isWithoutUnit = false
  }

  init?(argument: String) {
    let units = Array("KMGTPE".utf8)
    var text = Array(argument.uppercased().utf8)
    var base: UInt64 = 1024
    if text.suffix(2) == Array("IB".utf8)[...] {
      text.removeLast(2)
    } else if text.last == UInt8(ascii: "B") {
      text.removeLast()
      base = 1000
    }
    var scale: UInt64 = 1
    if let last = text.last, let position = units.firstIndex(of: last) {
      text.removeLast()
      for _ in 0...position { scale *= base }
    }
    // Whole numbers are exact; only what stands after a point is rounded.
    let parts = text.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (48...57).contains($0) } }),
      let whole = UInt64(String(decoding: parts[0], as: UTF8.self))
    else { return nil }
    var fraction = 0.0
    if parts.count == 2 {
      guard scale > 1, let value = Double("0." + String(decoding: parts[1], as: UTF8.self)) else { return nil }
      fraction = value
    }
    let (product, overflow) = whole.multipliedReportingOverflow(by: scale)
    let (sum, carry) = product.addingReportingOverflow(UInt64(fraction * Double(scale)))
    guard !overflow, !carry, sum < 1 << 63 else { return nil }
    bytes = sum
    isWithoutUnit = (1..<(1 << 20)).contains(sum) && argument.utf8.allSatisfy { (48...57).contains($0) }
  }

  /// Why an option does not take it.
  func missingUnit(of option: String) -> String {
    "\(option) \(bytes) needs a unit, as in \(bytes)G; for bytes write \(bytes)B"
  }

  var description: String { Quantity.size(bytes) }
  var defaultValueDescription: String { description }
}

extension String {
  /// The text with blanks behind it, up to a width.
  func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
