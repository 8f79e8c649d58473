// SPDX-License-Identifier: Apache-2.0
import Foundation
public import LinuxIO

extension Timestamp: ExpressibleByIntegerLiteral {
  /// A moment written as nanoseconds since 1970.
  public init(integerLiteral value: Int64) { self.init(nanosecondsSince1970: value) }
}

extension Timestamp {
  /// The time of day of the kernel, which sets the times of files: another one than that of a process whose clock is not
  /// the machine's. It is asked past ``LinuxIO``, whose calls a test may make fail.
  public static var ofKernel: Timestamp {
    var template = Array("\(ScratchDirectory.base)/cachefiles-test-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    defer { close(descriptor) }
    unlink(template)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return .now }
    return Timestamp(seconds: Int64(status.st_ctim.tv_sec), nanoseconds: UInt32(status.st_ctim.tv_nsec))
  }
}
