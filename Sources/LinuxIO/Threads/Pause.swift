import CLinux
import Glibc

/// Being considerate to others.
public enum Pause {
  /// Sleeps for so many microseconds, less when a signal comes. The corresponding C function is `usleep`.
  public static func microseconds(_ count: UInt32) { usleep(count) }

  /// Gives this thread, and those that it starts from now on, the disk only when nobody else wants it.
  ///
  /// The corresponding C function is `ioprio_set` with `IOPRIO_CLASS_IDLE`. False when the system does not allow it.
  public static func useIdleDisk() -> Bool { clinux_set_idle_io() == 0 }
}
