// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The process's limit of open descriptors.
public enum DescriptorLimit {
  /// Raises the soft limit towards a number, as far as the hard limit allows, and returns the limit in force.
  ///
  /// The corresponding C functions are `getrlimit` and `setrlimit` with `RLIMIT_NOFILE`.
  @discardableResult
  public static func raise(to wanted: Int) -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 256 }
    if limit.rlim_cur < rlim_t(wanted) {
      var raised = limit
      raised.rlim_cur = min(rlim_t(wanted), limit.rlim_max)
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
    }
    return Int(clamping: limit.rlim_cur)
  }
}
