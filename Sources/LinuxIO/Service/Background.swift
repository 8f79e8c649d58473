// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
public import SystemPackage

/// A program that goes on without the terminal that it was started from.
public enum Background {
  /// Goes on in a process of its own; the one that was started ends with status 0. Before any thread is made.
  ///
  /// The corresponding C functions are `fork` and `setsid`.
  /// - Throws: `Errno`.
  public static func enter() throws(Errno) { try perform(.fork) { clinux_go_to_background() } }

  /// Lets go of the working directory. The corresponding C function is `chdir`.
  ///
  /// - Throws: `Errno`.
  public static func leaveDirectory() throws(Errno) { try perform(.chdir) { chdir("/") } }

  /// Standard input, output and error become `/dev/null`.
  ///
  /// - Throws: `Errno`.
  public static func closeStandardStreams() throws(Errno) { try perform(.dup) { clinux_close_standard_streams() } }

  /// Names the process as others see it in `/proc/PID/comm`: at most 15 bytes. The corresponding C function is `prctl` with
  /// `PR_SET_NAME`.
  public static func name(_ name: String) { _ = name.withCString { clinux_name_process($0) } }
}
