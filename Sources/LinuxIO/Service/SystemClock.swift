// SPDX-License-Identifier: Apache-2.0
import CLinux

/// What the kernel knows of its own clock.
public enum SystemClock {
  /// Whether a time service keeps the clock right, as the kernel has been told: adjtimex(2) without `STA_UNSYNC`. False also where that
  /// cannot be known.
  public static var isSynchronized: Bool { clinux_is_clock_synchronized() != 0 }
}
