import Glibc
public import SystemPackage

/// Small files that are read whole: configuration and `/proc`.
public enum SmallFile {
  /// Reads a file by a path; at most `limit` bytes of it.
  ///
  /// The corresponding C functions are `open` and `read`.
  /// - Throws: `Errno`; ENOENT when there is none.
  public static func read(_ path: FilePath, limit: Int = 1 << 20) throws(Errno) -> [UInt8] {
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    let file = OwnedDescriptor(raw: try call(.open) { path.withPlatformString { Glibc.open($0, flags) } })
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while bytes.count < limit {
      let count = try call(.pread) { Glibc.read(file.raw, &buffer, min(buffer.count, limit - bytes.count)) }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return bytes
  }
}
