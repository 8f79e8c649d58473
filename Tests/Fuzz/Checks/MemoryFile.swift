// SPDX-License-Identifier: Apache-2.0
#if DEBUG || Fuzzing
  import Glibc
  import SystemPackage

  /// Files in memory, for what is read by its path or its descriptor.
  enum MemoryFile {
    /// Lends a file with these bytes: its descriptor, which is at their start, and a path that leads to it.
    static func with<Result>(_ bytes: [UInt8], _ body: (CInt, FilePath) throws -> Result) throws -> Result {
      var template = Array("/dev/shm/cachefiles-fuzz-XXXXXX".utf8CString)
      let descriptor = mkstemp(&template)
      try hold(descriptor >= 0, "no memory for a file")
      defer { close(descriptor) }
      unlink(template)
      var done = 0
      while done < bytes.count {
        let count = bytes[done...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        try hold(count > 0, "no memory for a file")
        done += count
      }
      lseek(descriptor, 0, SEEK_SET)
      return try body(descriptor, FilePath("/proc/self/fd/\(descriptor)"))
    }
  }
#endif
