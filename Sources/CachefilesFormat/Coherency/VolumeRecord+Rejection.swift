// SPDX-License-Identifier: Apache-2.0
extension VolumeRecord {
  /// Judges an attribute as the kernel would at the next mount. Nil means that the volume is used.
  ///
  /// - Parameters:
  ///   - value: the attribute's bytes; nil when the directory has none.
  ///   - coherencyLength: how many bytes of coherency data the netfs has, nil when that is not known.
  ///   - coherency: the coherency data of the server's volume, where known.
  public static func rejection(
    of value: [UInt8]?, coherencyLength: Int?, coherency: [UInt8]? = nil
  ) -> VolumeRejection? {
    guard let value else { return .absent }
    let expected = (coherencyLength ?? coherency?.count).map { $0 + headerLength }
    let longest = expected ?? headerLength + longestCoherency
    let shortest = expected ?? headerLength
    if value.count > longest { return .tooLong(found: value.count, expected: longest) }
    if value.count < shortest { return .tooShort(found: value.count, expected: shortest) }
    let reserved = value.span.load(UInt32.self, at: 0, .big)
    if reserved != 0 { return .reserved(reserved) }
    if let coherency, Array(value[headerLength...]) != coherency { return .coherencyDiffers }
    return nil
  }
}
