// SPDX-License-Identifier: Apache-2.0

/// The name of one directory entry, ready for the `…at` system calls.
///
/// It is never a path: no slash, no NUL, not empty, neither `.` nor `..`. Every call of this module that works below
/// a directory takes one, so no name read from a disk can lead out of the directory.
public struct EntryName: Sendable, Equatable, Hashable {
  /// The bytes and a NUL after them.
  let terminated: [UInt8]

  /// Wraps a name, nil when it is no single component.
  public init?(_ bytes: [UInt8]) {
    guard !bytes.isEmpty, !bytes.contains(0), !bytes.contains(UInt8(ascii: "/")) else { return nil }
    if bytes == [UInt8(ascii: ".")] || bytes == [UInt8(ascii: "."), UInt8(ascii: ".")] { return nil }
    terminated = bytes + [0]
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
