// SPDX-License-Identifier: Apache-2.0
import Glibc

/// This process.
public enum CurrentProcess {
  /// Its number: `getpid`.
  public static var identifier: Int { Int(getpid()) }

  /// The user that it acts as. The corresponding C function is `geteuid`.
  public static var user: UInt32 { geteuid() }

  /// The working directory as an absolute path: `getcwd`; nil when it was removed.
  public static var workingDirectory: [UInt8]? {
    var buffer = [CChar](repeating: 0, count: 65536)
    guard getcwd(&buffer, buffer.count) != nil else { return nil }
    return buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
  }
}
