// SPDX-License-Identifier: Apache-2.0
import Glibc
public import SystemPackage

/// Files that a user names: lists, journals, saved reports, configuration. They may be pipes whose writer is late, devices, or
/// the wrong file altogether.
///
/// They are read whole or not at all. A pipe is waited for until its writer is done with it; SIGINT and SIGTERM
/// (``Interruption``) end the wait; what is larger than any sensible file is an error, not a part of it.
public enum UserFile {
  /// Reads a file.
  ///
  /// The corresponding C functions are `open`, `poll` and `read`.
  /// - Parameter limit: the most bytes that such a file can sensibly have.
  /// - Throws: `Errno`; ENOENT when there is none, EFBIG when it has more bytes, EINTR when a signal came.
  public static func read(_ path: FilePath, limit: Int) throws(Errno) -> [UInt8] {
    let file = try open(path)
    var bytes: [UInt8] = []
    // What grows while it is read is read all the same; a pipe has no length.
    bytes.reserveCapacity(Int(clamping: min(UInt64(limit), try file.status().size)))
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while let count = try readSome(file, &buffer) {
      guard bytes.count + count <= limit else { throw .fileTooLarge }
      bytes += buffer[..<count]
    }
    return bytes
  }

  /// Calls a closure for each line of a file without its newline; a last line that has none is left out.
  ///
  /// - Parameters:
  ///   - longest: the most bytes that a line can sensibly have.
  ///   - body: gets each line; false ends the reading.
  /// - Throws: `Errno`; EFBIG for a longer line, EINTR when a signal came.
  public static func forEachLine(
    of path: FilePath, longest: Int, _ body: ([UInt8]) -> Bool
  ) throws(Errno) {
    let file = try open(path)
    var held: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while let count = try readSome(file, &buffer) {
      held += buffer[..<count]
      var start = 0
      while let end = held[start...].firstIndex(of: UInt8(ascii: "\n")) {
        guard body(Array(held[start..<end])) else { return }
        start = end + 1
      }
      held.removeFirst(start)
      guard held.count <= longest else { throw .fileTooLarge }
    }
  }

  /// Opens without waiting for the writer of a pipe: the wait is in ``readSome(_:_:)``, where a signal ends it.
  private static func open(_ path: FilePath) throws(Errno) -> OwnedDescriptor {
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    return OwnedDescriptor(raw: try call(.open) { path.withPlatformString { Glibc.open($0, flags) } })
  }

  /// Reads what there is, waiting for it; nil at the end.
  private static func readSome(_ file: borrowing OwnedDescriptor, _ buffer: inout [UInt8]) throws(Errno) -> Int? {
    while true {
      guard try Readiness.wait(for: file.raw, POLLIN) else { throw .interrupted }
      do throws(Errno) {
        let count = try call(.pread) { Glibc.read(file.raw, &buffer, buffer.count) }
        return count == 0 ? nil : count
      } catch {
        guard error == .wouldBlock else { throw error }
      }
    }
  }
}
