// SPDX-License-Identifier: Apache-2.0
import CAttr
import CLinux
import Glibc
import SystemPackage

/// A handle of a file: `struct file_handle`.
public struct MountedHandle: Equatable, Sendable {
  /// `handle_type`: what the file system makes of the bytes.
  public var type: Int32
  /// `f_handle`.
  public var bytes: [UInt8]

  /// Makes a handle.
  public init(type: Int32, bytes: [UInt8]) {
    self.type = type
    self.bytes = bytes
  }

  init(_ raw: inout clinux_file_handle) {
    type = raw.type
    let count = min(Int(raw.bytes), 128)
    bytes = withUnsafeBytes(of: &raw.handle) { Array($0[..<count]) }
  }
}
