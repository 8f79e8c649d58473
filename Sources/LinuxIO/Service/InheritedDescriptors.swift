// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Descriptors that a service manager hands over at the start (sd_listen_fds(3)).
public enum InheritedDescriptors {
  /// Takes the one with a name out of those that are meant for this process. The others stay open.
  ///
  /// - Returns: nil when there is none. The environment no longer tells of any afterwards.
  public static func take(named name: String) -> OwnedDescriptor? {
    guard let process = Environment.value("LISTEN_PID").flatMap({ Int($0) }), process == CurrentProcess.identifier,
      let count = Environment.value("LISTEN_FDS").flatMap({ Int($0) }), (1...1024).contains(count)
    else { return nil }
    let names = (Environment.value("LISTEN_FDNAMES") ?? "").split(separator: ":", omittingEmptySubsequences: false)
    for variable in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(variable) }
    var found: CInt?
    for index in 0..<count {
      let number = CInt(3 + index)
      guard fcntl(number, F_SETFD, FD_CLOEXEC) == 0 else { continue }
      if found == nil, index < names.count, names[index] == name { found = number }
    }
    return found.map { OwnedDescriptor(raw: $0) }
  }
}
