// SPDX-License-Identifier: Apache-2.0
import Glibc
public import SystemPackage

/// The kernel's own log, `/dev/kmsg`.
public enum KernelLog {
  /// Where it is.
  public static let defaultPath: FilePath = "/dev/kmsg"

  /// Calls a closure for each message that is in the log now, without the priority, number and time before it.
  ///
  /// Each read gives one record, `priority,number,time,flags;message`; one that was overwritten meanwhile is the error
  /// EPIPE, and reading goes on. Lines with a blank before them belong to the record above and tell of its device.
  /// A file into which records were copied is read as well. Documentation/ABI/testing/dev-kmsg.
  ///
  /// - Throws: `Errno` of a failed `open` or `read`; EPERM without CAP_SYSLOG where `dmesg_restrict` is set.
  public static func forEach(of path: FilePath = Self.defaultPath, _ body: (Span<UInt8>) -> Void) throws(Errno) {
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    let file = OwnedDescriptor(raw: try call(.open) { path.withPlatformString { Glibc.open($0, flags) } })
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    // Of a file, a read may end within a line; the device gives whole records.
    var held: [UInt8] = []
    defer { if !held.isEmpty { pass(held[...], body) } }
    while Interruption.signal == nil {
      let count: Int
      do throws(Errno) {
        count = try call(.pread) { Glibc.read(file.raw, &buffer, buffer.count) }
      } catch {
        if error == .brokenPipe { continue }
        if error == .resourceTemporarilyUnavailable { return }
        throw error
      }
      if count == 0 { return }
      held += buffer[..<count]
      var start = 0
      while let end = held[start...].firstIndex(of: 10) {
        pass(held[start..<end], body)
        start = end + 1
      }
      held.removeFirst(start)
      // No record is so long.
      if held.count > 64 << 10 { held.removeAll() }
    }
  }

  /// Passes on the message of one line.
  private static func pass(_ line: ArraySlice<UInt8>, _ body: (Span<UInt8>) -> Void) {
    guard let first = line.first, first != 0x20 else { return }
    let start = line.firstIndex(of: UInt8(ascii: ";")).map { $0 + 1 } ?? line.startIndex
    body(Array(line[start...]).span)
  }
}
