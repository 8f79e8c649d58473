// SPDX-License-Identifier: Apache-2.0
import Glibc
public import SystemPackage

extension OwnedDescriptor {
  /// Gives a device a command by one `write` of all of it. The answer is the error number.
  ///
  /// - Throws: `Errno`, in the meaning that the device gives it; EMSGSIZE when the device took only a part.
  public func command(_ bytes: [UInt8]) throws(Errno) {
    let count = try call(.command) { Glibc.write(raw, bytes, bytes.count) }
    guard count == bytes.count else { throw .messageTooLong }
  }
}
