// SPDX-License-Identifier: Apache-2.0
import CLinux

/// SIGINT, SIGTERM and SIGHUP as a flag that long work looks at between two entries.
public enum Interruption {
  /// Catches them from now on: `sigaction`; not SIGHUP where it is ignored, as below `nohup`. A second signal ends the process at once.
  public static func catchSignals() { clinux_catch_signals() }

  /// The number of the signal that came, nil while none has.
  public static var signal: Int32? {
    let number = clinux_received_signal()
    return number == 0 ? nil : number
  }
}
