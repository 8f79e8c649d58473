// SPDX-License-Identifier: Apache-2.0
import Glibc
public import SystemPackage

extension OwnedDescriptor {
  /// Opens a device for reading and writing, by its path. The corresponding C function is `open` with `O_RDWR`.
  ///
  /// - Throws: `Errno`.
  public init(device path: FilePath) throws(Errno) {
    raw = try call(.open) { path.withPlatformString { Glibc.open($0, O_RDWR | O_CLOEXEC | O_NOCTTY) } }
  }

  /// Reads once, at most so many bytes. The corresponding C function is `read`.
  ///
  /// - Throws: `Errno`.
  public func readOnce(limit: Int) throws(Errno) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: limit)
    let count = try call(.pread) { Glibc.read(raw, &buffer, limit) }
    return Array(buffer[..<count])
  }
}
