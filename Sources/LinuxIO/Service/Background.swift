// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
public import SystemPackage

/// A program that goes on without the terminal that it was started from.
public enum Background {
  /// Goes on in a process of its own; the one that was started ends with status 0. Before any thread is made, and what makes threads
  /// then is run by ``Workers/run(elsewhere:)``.
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

  /// The signals of a crash, which the watchdog of a service manager sends too (SIGABRT).
  static let crashSignals = [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP]

  /// From now on a signal of a crash ends the process at once. Swift's runtime would print a backtrace first, which takes seconds, and
  /// then go on where the signal was sent by somebody else. The corresponding C function is `signal` with `SIG_DFL`.
  public static func endAtOnceOnCrash() { for number in crashSignals { signal(number, SIG_DFL) } }

  /// Names the process as others see it in `/proc/PID/comm`: at most 15 bytes. The corresponding C function is `prctl` with
  /// `PR_SET_NAME`.
  public static func name(_ name: String) { _ = name.withCString { clinux_name_process($0) } }
}
