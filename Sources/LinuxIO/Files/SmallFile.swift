// SPDX-License-Identifier: Apache-2.0
import Glibc
public import SystemPackage

/// Small files of the system that are read whole: `/proc`. What a user names is a ``UserFile``.
public enum SmallFile {
  /// Reads a file by a path, which has at most `limit` bytes.
  ///
  /// The corresponding C functions are `open` and `read`.
  /// - Throws: `Errno`; ENOENT when there is none, EFBIG when it has more bytes.
  public static func read(_ path: FilePath, limit: Int = 1 << 20) throws(Errno) -> [UInt8] {
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    let file = OwnedDescriptor(raw: try call(.open) { path.withPlatformString { Glibc.open($0, flags) } })
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = try call(.pread) { Glibc.read(file.raw, &buffer, buffer.count) }
      if count == 0 { return bytes }
      guard bytes.count + count <= limit else { throw .fileTooLarge }
      bytes += buffer[..<count]
    }
  }
}
