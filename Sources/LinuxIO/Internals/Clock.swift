import CLinux
import Glibc

/// The time of day.
public enum Clock {
  /// Nanoseconds since 1970, now.
  public static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
