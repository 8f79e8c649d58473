// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The name of one directory entry, ready for the `…at` system calls.
///
/// It is never a path: no slash, no NUL, not empty, neither `.` nor `..`. Every call of this module that works below
/// a directory takes one, so no name read from a disk can lead out of the directory.
public struct EntryName: Sendable, Equatable, Hashable {
  /// The bytes and a NUL after them.
  let terminated: [UInt8]

  /// Wraps a name, nil when it is no single component.
  public init?(_ bytes: [UInt8]) {
    guard Self.isComponent(bytes) else { return nil }
    terminated = [UInt8](unsafeUninitializedCapacity: bytes.count + 1) { buffer, count in
      buffer.initializeElement(at: buffer.initialize(fromContentsOf: bytes), to: 0)
      count = bytes.count + 1
    }
  }

  private static func isComponent(_ bytes: [UInt8]) -> Bool {
    if bytes.count <= 2, bytes.allSatisfy({ $0 == UInt8(ascii: ".") }) { return false }
    return bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return false }
      return memchr(base, 0, buffer.count) == nil && memchr(base, Int32(UInt8(ascii: "/")), buffer.count) == nil
    }
  }

  /// Wraps a name that is known when the program is written.
  public init(_ name: StaticString) {
    precondition(name.utf8CodeUnitCount > 0 && name.hasPointerRepresentation)
    terminated = name.withUTF8Buffer { Array($0) } + [0]
  }

  /// The bytes without the NUL.
  public var bytes: [UInt8] { Array(terminated.dropLast()) }

  /// Lends the name as a C string.
  @inline(__always)
  func withPointer<R, E: Error>(_ body: (UnsafePointer<CChar>) throws(E) -> R) throws(E) -> R {
    try terminated.withUnsafeBufferPointer { (buffer) throws(E) -> R in
      guard let base = UnsafeRawPointer(buffer.baseAddress) else { preconditionFailure("a name has bytes") }
      return try body(base.assumingMemoryBound(to: CChar.self))
    }
  }
}
