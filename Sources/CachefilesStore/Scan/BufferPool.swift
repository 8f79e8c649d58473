// SPDX-License-Identifier: Apache-2.0
import LinuxIO

/// Buffers that threads exchange; their number is bounded.
struct BufferPool {
  /// The size of a buffer in bytes.
  static let capacity = 128 << 10
  private var spare: [DirectoryBuffer] = []
  private var made = 0

  /// A spare buffer; nil when as many as there are threads are in use.
  mutating func take(threads: Int) -> DirectoryBuffer? {
    if let buffer = spare.popLast() { return buffer }
    guard made < threads else { return nil }
    made += 1
    return DirectoryBuffer(capacity: Self.capacity)
  }

  mutating func give(_ buffer: DirectoryBuffer) { spare.append(buffer) }
}
