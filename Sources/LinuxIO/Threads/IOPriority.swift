// SPDX-License-Identifier: Apache-2.0
import CLinux

/// How a thread's reads and writes stand beside those of others.
public enum IOPriority {
  /// Gives this thread, and those that it starts from now on, the disk only when nobody else wants it.
  ///
  /// The corresponding C function is `ioprio_set` with `IOPRIO_CLASS_IDLE`. False when the system does not allow it.
  public static func setIdle() -> Bool { clinux_set_idle_io() == 0 }
}
