// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A process that has a file open as its descriptor 7 until it is ended, as a daemon has its device.
public enum FileHolder {
  /// Starts one. When this returns the file is open and the process is the program `sleep`, and not the shell that
  /// became it, however busy the machine is.
  public static func start(_ path: String) throws -> SpawnedProcess {
    let process = try SpawnedProcess(
      "/bin/sh", ["-c", "exec 7>>\"$1\"; exec sleep 3600 >/dev/null 2>&1", "sh", path])
    let name = "/proc/\(process.processIdentifier)/comm"
    while try String(contentsOfFile: name, encoding: .utf8) != "sleep\n" { usleep(1000) }
    return process
  }
}
