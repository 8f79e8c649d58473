// SPDX-License-Identifier: Apache-2.0
extension Timestamp: Codable {
  /// Reads nanoseconds since 1970, or a text of seconds and nanoseconds for times that these cannot tell.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let time = try? container.decode(Int64.self) {
      self.init(nanosecondsSince1970: time)
      return
    }
    let parts = try container.decode(String.self).split(separator: ".")
    guard parts.count == 2, let seconds = Int64(parts[0]), let rest = UInt32(parts[1]), rest < 1_000_000_000 else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a time")
    }
    self.init(seconds: seconds, nanoseconds: rest)
  }

  /// Writes nanoseconds since 1970, or a text where these do not fit.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let exactNanoseconds {
      try container.encode(exactNanoseconds)
    } else {
      try container.encode("\(seconds).\(nanoseconds)")
    }
  }
}
