// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Waiting.
public enum Pause {
  /// Sleeps for so many microseconds, less when a signal comes. The corresponding C function is `usleep`.
  public static func microseconds(_ count: UInt32) { usleep(count) }
}
