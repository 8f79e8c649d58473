// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
public import SystemPackage

extension OwnedDescriptor {
  /// Calls a closure for each run of data below `size`, in order. Preallocated space that was never written is a hole.
  ///
  /// The corresponding C function is `lseek` with `SEEK_DATA` and `SEEK_HOLE`: what the kernel's own cache asks. The first hole is asked
  /// for first: most files have none, and then that was the only call.
  /// - Parameters:
  ///   - size: the length of the file in bytes; nothing is looked for beyond it.
  ///   - first: where to begin, in bytes.
  ///   - body: gets each run.
  /// - Throws: `Errno` of a failed `lseek`; the runs before it have been passed on.
  public func forEachDataExtent(
    size: UInt64, from first: UInt64 = 0, _ body: (DataExtent) -> Void
  ) throws(Errno) {
    let size = off_t(clamping: size)
    var start = off_t(clamping: first)
    // In a file that changes meanwhile a hole may begin where data was, and data where a hole was.
    var contradictions = -1
    while start < size, let hole = try seek(start, clinux_SEEK_HOLE) {
      let end = min(hole, size)
      if end > start {
        body(DataExtent(offset: UInt64(start), length: UInt64(end - start)))
      } else {
        contradictions += 1
      }
      guard end < size, contradictions < 3, let next = try seek(end, clinux_SEEK_DATA) else { return }
      start = next
    }
  }

  /// Where the next data or hole begins; nil behind the end.
  private func seek(_ position: off_t, _ whence: Int32) throws(Errno) -> off_t? {
    do throws(Errno) {
      return try call(.lseek) { lseek(raw, position, whence) }
    } catch {
      if error == .noSuchAddressOrDevice { return nil }
      throw error
    }
  }

  /// The runs of data, in order.
  ///
  /// - Throws: `Errno` of a failed `lseek`.
  public func dataExtents(size: UInt64) throws(Errno) -> [DataExtent] {
    var extents: [DataExtent] = []
    try forEachDataExtent(size: size) { extents.append($0) }
    return extents
  }
}
