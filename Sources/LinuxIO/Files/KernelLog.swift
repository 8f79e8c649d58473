import Glibc
public import SystemPackage

/// The kernel's own log, `/dev/kmsg`.
public enum KernelLog {
  /// Where it is.
  public static let defaultPath: FilePath = "/dev/kmsg"

  /// Calls a closure for each message that is in the log now, without the priority, number and time before it.
  ///
  /// Each read gives one record, `priority,number,time,flags;message`; one that was overwritten meanwhile is the error
  /// EPIPE, and reading goes on. Documentation/ABI/testing/dev-kmsg.
  ///
  /// - Throws: `Errno` of a failed `open` or `read`; EPERM without CAP_SYSLOG where `dmesg_restrict` is set.
  public static func forEach(of path: FilePath = Self.defaultPath, _ body: (Span<UInt8>) -> Void) throws(Errno) {
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    let file = OwnedDescriptor(raw: try call(.open) { path.withPlatformString { Glibc.open($0, flags) } })
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
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
      var start = 0
      while start < count, buffer[start] != UInt8(ascii: ";") { start += 1 }
      start = min(start + 1, count)
      var end = start
      while end < count, buffer[end] != 10 { end += 1 }
      body(buffer.span.extracting(start..<end))
    }
  }
}
