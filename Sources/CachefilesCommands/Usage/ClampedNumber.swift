// SPDX-License-Identifier: Apache-2.0

/// A whole number of a saved report, held at the limits of 64 bits with a sign: sums of sizes can be larger.
@propertyWrapper
struct ClampedNumber: Decodable {
  var wrappedValue: Int64

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int64.self) {
      wrappedValue = number
    } else {
      wrappedValue = Int64(clamping: try container.decode(UInt64.self))
    }
  }
}
