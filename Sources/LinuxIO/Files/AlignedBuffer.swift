// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Memory that files can be read into past the page cache: `O_DIRECT` wants addresses, offsets and lengths that are multiples of
/// a block. It belongs to one thread.
public final class AlignedBuffer {
  let memory: UnsafeMutableRawBufferPointer

  /// What addresses, offsets and lengths are multiples of, in bytes: a page, which no file system wants more than.
  public static let alignment = 4096

  /// Makes a buffer of at least this many bytes.
  public init(capacity: Int) {
    let rounded = (max(1, capacity) + Self.alignment - 1) & ~(Self.alignment - 1)
    memory = .allocate(byteCount: rounded, alignment: Self.alignment)
  }

  deinit { memory.deallocate() }

  /// How many bytes fit.
  public var capacity: Int { memory.count }

  /// One byte of what was read last.
  public subscript(index: Int) -> UInt8 { memory[index] }

  /// Bytes of what was read last.
  public func bytes(_ range: Range<Int>) -> [UInt8] { Array(memory[range]) }

  /// Whether a range holds the same as that of another buffer. The corresponding C function is `memcmp`.
  public func isEqual(to other: AlignedBuffer, in range: Range<Int>) -> Bool {
    precondition(range.lowerBound >= 0 && range.upperBound <= min(capacity, other.capacity))
    guard let mine = memory.baseAddress, let its = other.memory.baseAddress else { return range.isEmpty }
    return memcmp(mine + range.lowerBound, its + range.lowerBound, range.count) == 0
  }
}
