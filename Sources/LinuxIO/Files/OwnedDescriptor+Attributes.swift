// SPDX-License-Identifier: Apache-2.0
import CAttr
import CLinux
import Glibc
import Synchronization
public import SystemPackage

extension OwnedDescriptor {
  /// The value of an attribute of the open file; nil when it has none.
  ///
  /// The corresponding C function is `fgetxattr`.
  /// - Throws: `Errno`; ERANGE for a value of more than 65536 bytes.
  public func attribute(_ name: StaticString) throws(Errno) -> [UInt8]? {
    // More than any that a kernel writes.
    var buffer = [UInt8](repeating: 0, count: 320)
    while true {
      do throws(Errno) {
        let count = try call(.getxattr) { fgetxattr(raw, name.pointer, &buffer, buffer.count) }
        return Array(buffer[..<count])
      } catch {
        if error == .noData { return nil }
        guard error == .outOfRange, buffer.count < 65536 else { throw error }
        buffer = [UInt8](repeating: 0, count: 65536)
      }
    }
  }

  /// Sets an attribute of the open file, whether it exists or not.
  ///
  /// The corresponding C function is `fsetxattr`.
  /// - Throws: `Errno`; ENOTSUP where the file system has no such attributes.
  public func setAttribute(_ name: StaticString, to value: [UInt8]) throws(Errno) {
    try perform(.setxattr) { fsetxattr(raw, name.pointer, value, value.count, 0) }
  }

  /// Removes an attribute of the open file.
  ///
  /// The corresponding C function is `fremovexattr`.
  /// - Throws: `Errno`; ENODATA when there is none.
  public func removeAttribute(_ name: StaticString) throws(Errno) {
    try perform(.removexattr) { fremovexattr(raw, name.pointer) }
  }

  /// Reads an attribute of an entry of this directory into a buffer, which grows where the value needs it; a symbolic link is
  /// not followed.
  ///
  /// The corresponding C function is `getxattrat`, on kernels before 6.13 `openat` and `fgetxattr`.
  public func attribute(
    _ attribute: StaticString, of name: EntryName, into buffer: AttributeBuffer
  ) -> AttributeReading {
    name.withPointer { readAttribute(attribute, of: $0, into: buffer) }
  }

  /// Reads an attribute of the open file into a buffer, which grows where the value needs it.
  ///
  /// The corresponding C function is `fgetxattr`.
  public func attribute(_ attribute: StaticString, into buffer: AttributeBuffer) -> AttributeReading {
    let first = readOpenAttribute(attribute, into: buffer.memory)
    guard case .longer = first, buffer.grow() else { return first }
    return readOpenAttribute(attribute, into: buffer.memory)
  }

  /// The same by a C string.
  func readAttribute(
    _ attribute: StaticString, of name: UnsafePointer<CChar>, into buffer: AttributeBuffer
  ) -> AttributeReading {
    let first = readAttribute(attribute, of: name, into: buffer.memory)
    guard case .longer = first, buffer.grow() else { return first }
    return readAttribute(attribute, of: name, into: buffer.memory)
  }

  /// With `getxattrat` (Linux 6.13 and later) the entry is not opened; before, `openat` and `fgetxattr`.
  private func readAttribute(
    _ attribute: StaticString, of name: UnsafePointer<CChar>, into buffer: UnsafeMutableRawBufferPointer
  ) -> AttributeReading {
    var isFiltered = false
    if AttributeCall.isAvailable.load(ordering: .relaxed) {
      do throws(Errno) {
        let count = try call(.getxattrat) {
          clinux_getxattrat(raw, name, AT_SYMLINK_NOFOLLOW, attribute.pointer, buffer.baseAddress, buffer.count)
        }
        return .value(count: count)
      } catch {
        switch error {
        case .noData: return .absent
        case .outOfRange:
          let count = try? call(.getxattrat) {
            clinux_getxattrat(raw, name, AT_SYMLINK_NOFOLLOW, attribute.pointer, nil, 0)
          }
          return .longer(count: count ?? buffer.count + 1)
        case .noFunction: AttributeCall.noteMissing()
        // A filter of system calls that does not know it, as services and containers have, refuses it in this way.
        case .notPermitted: isFiltered = true
        default: return .failed(error)
        }
      }
    }
    do throws(Errno) {
      let file = OwnedDescriptor(raw: try openEntry(name, .inspect))
      let reading = file.readOpenAttribute(attribute, into: buffer)
      // One entry that may not be read by either call says nothing of the others.
      if isFiltered, reading.isAnswer { AttributeCall.noteMissing() }
      return reading
    } catch {
      return .failed(error)
    }
  }

  @inline(__always)
  private func readOpenAttribute(
    _ attribute: StaticString, into buffer: UnsafeMutableRawBufferPointer
  ) -> AttributeReading {
    do throws(Errno) {
      let count = try call(.getxattr) { fgetxattr(raw, attribute.pointer, buffer.baseAddress, buffer.count) }
      return .value(count: count)
    } catch {
      if error == .noData { return .absent }
      guard error == .outOfRange else { return .failed(error) }
      let count = try? call(.getxattr) { fgetxattr(raw, attribute.pointer, nil, 0) }
      return .longer(count: count ?? buffer.count + 1)
    }
  }
}
extension StaticString {
  /// The string as a C string.
  var pointer: UnsafePointer<CChar> { UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self) }
}
