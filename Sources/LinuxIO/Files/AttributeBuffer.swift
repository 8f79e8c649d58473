// SPDX-License-Identifier: Apache-2.0

/// A buffer for attribute values, reused from entry to entry. It grows when a value does not fit.
public final class AttributeBuffer {
  // Nobody else reads it while it grows: a buffer belongs to one thread.
  @exclusivity(unchecked) private(set) var memory: UnsafeMutableRawBufferPointer

  /// The longest value that Linux keeps, in bytes: `XATTR_SIZE_MAX` (include/uapi/linux/limits.h).
  public static let longestValue = 65_536

  /// Makes a buffer of this many bytes.
  public init(capacity: Int) { memory = .allocate(byteCount: capacity, alignment: 8) }

  deinit { memory.deallocate() }

  /// Makes room for any value. False when there is room already. What was read is gone.
  func grow() -> Bool {
    guard memory.count < Self.longestValue else { return false }
    memory.deallocate()
    memory = .allocate(byteCount: Self.longestValue, alignment: 8)
    return true
  }

  /// The first `count` bytes of the buffer, those of the last read.
  @_lifetime(borrow self)
  public func bytes(_ count: Int) -> Span<UInt8> {
    let buffer = UnsafeBufferPointer(rebasing: memory.assumingMemoryBound(to: UInt8.self)[..<count])
    return _overrideLifetime(buffer.span, borrowing: self)
  }
}
