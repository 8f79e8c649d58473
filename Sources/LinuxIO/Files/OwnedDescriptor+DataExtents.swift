// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
public import SystemPackage

extension OwnedDescriptor {
  /// Calls a closure for each run of data below `size`, in order. Preallocated space that was never written is a hole.
  ///
  /// The corresponding C function is `lseek` with `SEEK_DATA` and `SEEK_HOLE`: what the kernel's own cache asks.
  /// - Parameters:
  ///   - size: the length of the file in bytes; nothing is looked for beyond it.
  ///   - body: gets each run.
  /// - Throws: `Errno` of a failed `lseek`; the runs before it have been passed on.
  public func forEachDataExtent(size: UInt64, _ body: (DataExtent) -> Void) throws(Errno) {
    var position: Int64 = 0
    while position < Int64(clamping: size) {
      let start: off_t
      do throws(Errno) {
        start = try call(.lseek) { lseek(raw, off_t(position), clinux_SEEK_DATA) }
      } catch {
        if error == .noSuchAddressOrDevice { return }
        throw error
      }
      let end: off_t
      do throws(Errno) {
        end = min(try call(.lseek) { lseek(raw, start, clinux_SEEK_HOLE) }, off_t(clamping: size))
      } catch {
        if error == .noSuchAddressOrDevice { return }
        throw error
      }
      guard end > start else { return }
      body(DataExtent(offset: UInt64(start), length: UInt64(end - start)))
      position = Int64(end)
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
