// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What this machine is called.
public enum MachineName {
  /// The name that the kernel has for it. The corresponding C function is `uname`.
  public static var current: [UInt8] {
    var names = utsname()
    guard uname(&names) == 0 else { return [] }
    return withUnsafeBytes(of: &names.nodename) { Array($0.prefix { $0 != 0 }) }
  }
}
