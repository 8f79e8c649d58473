// SPDX-License-Identifier: Apache-2.0
import Glibc
public import SystemPackage

/// The environment of this process.
public enum Environment {
  /// The value of a variable; nil when it is not set, and when it is empty. The corresponding C function is `getenv`.
  public static func value(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  /// The value of a variable as a path, of whatever bytes; nil when it is not set, and when it is empty.
  public static func path(_ name: String) -> FilePath? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return FilePath(platformString: value)
  }

  /// Has everything in this process take the terminal for wider than it is, where it is narrower than that: the parser of command lines
  /// fails on one of a few columns. The corresponding C function is `setenv`.
  public static func keepColumns(atLeast columns: Int) {
    let given = getenv("COLUMNS").map { String(cString: $0) }
    guard let width = given.flatMap({ Int($0) }) ?? StandardStreams.windowSize(1)?.columns, width < columns else {
      return
    }
    setenv("COLUMNS", "\(columns)", 1)
  }
}
