// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The programs that can be started by their names.
public enum SearchPath {
  /// Whether there is a program of a name in a directory of `PATH`. The corresponding C function is `access` with `X_OK`.
  public static func has(_ name: String) -> Bool {
    let path = Environment.value("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
    return path.split(separator: ":", omittingEmptySubsequences: true).contains { directory in
      access("\(directory)/\(name)", X_OK) == 0
    }
  }
}
