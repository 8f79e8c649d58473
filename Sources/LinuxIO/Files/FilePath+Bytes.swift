// SPDX-License-Identifier: Apache-2.0
import Glibc
public import SystemPackage

extension FilePath {
  /// Whether a symbolic link stands there, wherever it leads. The corresponding C function is `readlink`.
  public var isSymbolicLink: Bool {
    var byte: CChar = 0
    return withPlatformString { readlink($0, &byte, 1) } >= 0
  }

  /// The path's bytes as the system takes them.
  public var bytes: [UInt8] {
    withPlatformString { pointer in
      var bytes: [UInt8] = []
      var current = pointer
      while current.pointee != 0 {
        bytes.append(UInt8(bitPattern: current.pointee))
        current += 1
      }
      return bytes
    }
  }

  /// A path of bytes; everything from a NUL on is left out.
  public init(bytes: [UInt8]) {
    self = (bytes.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return FilePath() }
      return FilePath(platformString: base)
    }
  }
}
