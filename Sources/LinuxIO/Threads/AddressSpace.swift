// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The limit of the process's address space (`ulimit -v`), and of its data (`ulimit -d`), which counts the same memory. Where memory
/// cannot be had a program of Swift ends without a word, so that little is asked for where little is allowed.
public enum AddressSpace {
  /// With less than this no command is begun, in bytes.
  public static let minimum: UInt64 = 256 << 20
  /// What a thread takes: its stack, and what it allocates.
  private static let perThread: UInt64 = 24 << 20

  /// The limit in bytes; nil without one.
  ///
  /// The corresponding C function is `getrlimit` with `RLIMIT_AS` and `RLIMIT_DATA`.
  public static var limit: UInt64? { [spaceLimit, dataLimit].compactMap { $0 }.min() }
  /// That of the address space alone.
  public static var spaceLimit: UInt64? { limit(RLIMIT_AS.rawValue) }
  /// That of the data alone.
  public static var dataLimit: UInt64? { limit(RLIMIT_DATA.rawValue) }

  private static func limit(_ resource: UInt32) -> UInt64? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(resource), &limit) == 0, limit.rlim_cur != rlim_t.max else { return nil }
    return UInt64(limit.rlim_cur)
  }

  /// As many threads as are wanted, or as the limit leaves room for: at least one.
  static func threads(_ wanted: Int) -> Int {
    guard let limit else { return wanted }
    let room = limit > minimum / 2 ? (limit - minimum / 2) / perThread : 0
    return max(1, min(wanted, Int(clamping: room)))
  }
}
