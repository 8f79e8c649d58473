// SPDX-License-Identifier: Apache-2.0
extension ObjectRecord {
  /// Judges an attribute as the kernel would at the next open. Nil means that it is used.
  ///
  /// - Parameters:
  ///   - value: the attribute's bytes; nil when the object has none.
  ///   - coherencyLength: how many bytes of coherency data the netfs has, nil when that is not known.
  ///   - coherency: the coherency data of the server's file, where known.
  ///   - objectSize: the size of the server's file in bytes, where known.
  public static func rejection(
    of value: [UInt8]?, coherencyLength: Int?, coherency: [UInt8]? = nil, objectSize: UInt64? = nil
  ) -> ObjectRejection? {
    guard let value else { return .absent }
    let expected = (coherencyLength ?? coherency?.count).map { $0 + headerLength }
    if let expected {
      if value.count > expected { return .tooLong(found: value.count, expected: expected) }
      if value.count < expected { return .tooShort(found: value.count, expected: expected) }
    }
    guard let record = try? ObjectRecord(parsing: value.span) else {
      if value.count < headerLength { return .tooShort(found: value.count, expected: headerLength) }
      return .tooLong(found: value.count, expected: headerLength + longestCoherency)
    }
    if record.type != dataType { return .wrongType(record.type) }
    if let coherency, coherency != record.coherency { return .coherencyDiffers }
    if let objectSize {
      if objectSize != record.objectSize { return .sizeDiffers(found: record.objectSize, expected: objectSize) }
    } else if record.objectSize > UInt64(Int64.max) {
      return .impossibleSize(record.objectSize)
    }
    return record.content == .dirty ? .dirty : nil
  }
}
