// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The environment of this process.
public enum Environment {
  /// The value of a variable; nil when it is not set, and when it is empty. The corresponding C function is `getenv`.
  public static func value(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
