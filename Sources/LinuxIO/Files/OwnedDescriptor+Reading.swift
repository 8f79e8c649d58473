// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
public import SystemPackage

/// Reading a mounted file whose bytes matter, and not only what is known of it.
extension OwnedDescriptor {
  /// Opens a file on a mount to read it, by a path; symbolic links are followed, a FIFO does not block.
  ///
  /// The corresponding C function is `open`, with `O_DIRECT` when the page cache is to be passed by.
  /// - Throws: `Errno`; EINVAL where the file system does not read directly.
  public init(reading path: FilePath, direct isDirect: Bool) throws(Errno) {
    let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (isDirect ? clinux_O_DIRECT : 0)
    self.init(raw: try call(.open) { path.withPlatformString { Glibc.open($0, flags) } })
  }

  /// The status of this file of a mount. With `isFresh` the server is asked, whatever the client remembers.
  ///
  /// The corresponding C function is `statx`, with `AT_STATX_FORCE_SYNC`.
  /// - Throws: `Errno`; EIO or ESTALE of a server.
  public func mountedStatus(isFresh: Bool) throws(Errno) -> MountedStatus {
    var status = CLinux.statx()
    let descriptor = raw
    let flags = clinux_AT_EMPTY_PATH | AT_NO_AUTOMOUNT | (isFresh ? clinux_AT_STATX_FORCE_SYNC : 0)
    try perform(.statx) { clinux_statx(descriptor, "", flags, 0xfff, &status) }
    return MountedStatus(status)
  }

  /// Reads into a buffer from an offset that is aligned, until it has as many bytes as are needed.
  ///
  /// The corresponding C function is `pread`. A short answer is gone on with from the last aligned place.
  /// - Parameters:
  ///   - buffer: gets the bytes from its beginning on.
  ///   - offset: a multiple of ``AlignedBuffer/alignment``.
  ///   - needed: how many bytes are wanted; as many are asked for as that is when it is rounded up to whole blocks.
  /// - Returns: how many there are; fewer than needed only at the end of the file.
  /// - Throws: `Errno`.
  public func read(into buffer: AlignedBuffer, at offset: UInt64, needed: Int) throws(Errno) -> Int {
    let alignment = AlignedBuffer.alignment
    let count = min(buffer.capacity, (needed + alignment - 1) & ~(alignment - 1))
    var end = 0
    while end < min(needed, count) {
      let start = end & ~(alignment - 1)
      let more = try call(.pread) {
        pread(raw, buffer.memory.baseAddress.map { $0 + start }, count - start, off_t(offset) + off_t(start))
      }
      guard start + more > end else { break }
      end = start + more
    }
    return end
  }

  /// Lets the kernel forget the clean pages that it keeps of a part of the file; all from the offset on where the length is 0.
  ///
  /// The corresponding C function is `posix_fadvise` with `POSIX_FADV_DONTNEED`: advice, whose failure does not matter.
  public func dropCachedPages(from offset: UInt64, count: UInt64) {
    _ = posix_fadvise(raw, off_t(clamping: offset), off_t(clamping: count), Int32(POSIX_FADV_DONTNEED))
  }

  /// Says how the file is going to be read: front to back, or here and there, so that nothing is read ahead.
  ///
  /// The corresponding C function is `posix_fadvise` with `POSIX_FADV_SEQUENTIAL` or `POSIX_FADV_RANDOM`.
  public func adviseReading(ahead isAhead: Bool) {
    _ = posix_fadvise(raw, 0, 0, Int32(isAhead ? POSIX_FADV_SEQUENTIAL : POSIX_FADV_RANDOM))
  }
}
