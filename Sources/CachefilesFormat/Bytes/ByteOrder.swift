// SPDX-License-Identifier: Apache-2.0

/// The byte order of the machine that wrote a host-endian field.
///
/// Most numbers in a cache are written in a fixed order. Some are memory images of the writing machine: the numbers
/// in NFS and Ceph coherency data, the old CIFS cookie key, addresses and ports in NFS volume keys, and nearly
/// everything in the layout before Linux 5.17. For those the order is a parameter.
public enum ByteOrder: String, Sendable, CaseIterable {
  /// Least significant byte first: x86, arm64, riscv, ppc64le.
  case little
  /// Most significant byte first: s390x, older PowerPC.
  case big

  /// The order of the machine that runs this code.
  public static var host: ByteOrder { UInt16(1).littleEndian == 1 ? .little : .big }

  /// The other order.
  public var opposite: ByteOrder { self == .little ? .big : .little }
}

extension Span where Element == UInt8 {
  /// Loads an unsigned integer of the type's width that starts at a byte offset.
  ///
  /// The bytes must be there: an offset beyond the end stops the program, as any index out of bounds does.
  @inlinable
  @inline(__always)
  public func load<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type, at offset: Int, _ order: ByteOrder) -> T {
    let width = T.bitWidth / 8
    // One check for all bytes, so that they become one load.
    let bytes = extracting(offset..<offset + width)
    var value: T = 0
    for index in 0..<width { value = value << 8 | T(truncatingIfNeeded: bytes[index]) }
    return order == .big ? value : value.byteSwapped
  }

  /// A copy of the bytes.
  @inlinable
  public var array: [UInt8] {
    var copy: [UInt8] = []
    copy.append(self)
    return copy
  }

  /// Whether the bytes equal those of another span.
  @inlinable
  public func equals(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in 0..<count where self[index] != other[index] { return false }
    return true
  }
}

extension Array where Element == UInt8 {
  /// Appends the bytes of a span.
  @inlinable
  public mutating func append(_ bytes: Span<UInt8>) {
    extend(byAtMost: bytes.count) { output in
      for index in 0..<bytes.count { output.append(bytes[index]) }
    }
  }

  /// Appends what a body writes, at most so many bytes. Where there can be none, the body does not run.
  ///
  /// The standard library's `append(addingCapacity:)` writes its count into an array that gets nothing, too: into the storage that all empty
  /// arrays of all threads share.
  @inlinable
  public mutating func extend<E: Error>(
    byAtMost count: Int, _ body: (inout OutputSpan<UInt8>) throws(E) -> Void
  ) throws(E) {
    guard count > 0 else { return }
    try append(addingCapacity: count, initializingWith: body)
  }

  /// Appends an integer of the type's width.
  @inlinable
  public mutating func append<T: FixedWidthInteger & UnsignedInteger>(_ value: T, _ order: ByteOrder) {
    let width = T.bitWidth / 8
    for index in 0..<width {
      let shift = order == .big ? (width - 1 - index) * 8 : index * 8
      append(UInt8(truncatingIfNeeded: value >> T(truncatingIfNeeded: shift)))
    }
  }
}
