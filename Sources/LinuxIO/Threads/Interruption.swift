// SPDX-License-Identifier: Apache-2.0
import CLinux

/// SIGINT, SIGTERM and SIGHUP as a flag that long work looks at between two entries.
public enum Interruption {
  /// Catches them from now on, also where the caller has blocked them; not one that it ignores, as `nohup` does SIGHUP. A second signal ends the
  /// process at once. The corresponding C functions are `sigaction` and `sigprocmask`.
  public static func catchSignals() { clinux_catch_signals() }

  /// The number of the signal that came, nil while none has.
  public static var signal: Int32? {
    let number = clinux_received_signal()
    return number == 0 ? nil : number
  }

  /// Whether work is cancelled now or in the twentieth part of a second. A signal for both sides of a pipe reaches one of them first, and
  /// the other one first sees that it has gone.
  ///
  /// - Parameter isCancelled: what is asked, twice.
  public static func isComing(_ isCancelled: () -> Bool) -> Bool {
    if isCancelled() { return true }
    Pause.microseconds(50_000)
    return isCancelled()
  }
}
