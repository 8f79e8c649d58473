// SPDX-License-Identifier: Apache-2.0
import CLinux

/// The machine's log: `syslog`.
public enum SystemLog {
  /// Names who writes from now on. The corresponding C function is `openlog`.
  public static func open(_ name: String) { name.withCString { clinux_syslog_open($0) } }

  /// Writes one line, with a level from 0 (emergency) to 7 (debug). A NUL in it ends it.
  public static func write(_ text: String, level: Int) { text.withCString { clinux_syslog(CInt(level), $0) } }
}
