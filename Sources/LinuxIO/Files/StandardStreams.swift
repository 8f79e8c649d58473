// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// The three descriptors that every program expects to be open.
public enum StandardStreams {
  /// Fills in those that the caller closed, so that no file which is opened later takes the number of one of them.
  ///
  /// Otherwise a message could be written into an object of a cache. Each is opened the wrong way round: to read from
  /// such an input or to write to such an output fails, as it would on a closed descriptor. Where there is no `/dev/null` the end of a pipe
  /// does the same; without that the process ends.
  public static func fillIn() {
    for descriptor: CInt in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
      if open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY) == descriptor { continue }
      fillWithPipe(descriptor)
    }
  }

  private static func fillWithPipe(_ descriptor: CInt) {
    var pair: [CInt] = [-1, -1]
    guard pipe(&pair) == 0 else { _exit(1) }
    let end = descriptor == 0 ? pair[1] : pair[0]
    if end != descriptor { guard dup2(end, descriptor) == descriptor else { _exit(1) } }
    for other in pair where other != descriptor { close(other) }
  }

  /// Whether a descriptor is a terminal. The corresponding C function is `isatty`.
  public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// The columns and rows of the terminal that a descriptor is; nil where there is none, or it does not tell.
  public static func windowSize(_ descriptor: Int32) -> (columns: Int, rows: Int)? {
    let size = clinux_window_size(descriptor)
    return size == 0 ? nil : (Int(size & 0xffff), Int(size >> 16))
  }

  /// Whether standard error is the stream of which `JOURNAL_STREAM` has the device and inode: that of the journal (systemd.exec(5)). A
  /// program that such a service starts has the variable too, and may write elsewhere.
  public static func isErrorJournal(_ variable: String?) -> Bool {
    guard let variable else { return false }
    return clinux_is_stream(2, variable) != 0
  }

  /// Writes to standard error at once, as far as it takes it.
  public static func writeError(_ bytes: [UInt8]) {
    _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
  }

  /// A write to a closed pipe gives EPIPE from now on, one beyond the limit of `ulimit -f` EFBIG, and neither ends the process. The
  /// corresponding C function is `signal` with `SIGPIPE` and `SIGXFSZ`.
  public static func ignoreFailedWrites() { for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) } }
}
