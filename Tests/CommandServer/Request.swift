// SPDX-License-Identifier: Apache-2.0
import Glibc

/// One request: fields of bytes.
struct Request {
  let fields: [[UInt8]]

  /// The next one; nil at the end.
  static func read() -> Request? {
    guard let head = bytes(4) else { return nil }
    guard let body = bytes(head.reversed().reduce(0) { $0 << 8 | Int($1) }) else { return nil }
    return Request(fields: body.split(separator: 0, omittingEmptySubsequences: false).map(Array.init))
  }

  private static func bytes(_ count: Int) -> [UInt8]? {
    var (all, filled) = ([UInt8](repeating: 0, count: count), 0)
    while filled < count {
      let got = all.withUnsafeMutableBytes { Glibc.read(0, $0.baseAddress.map { $0 + filled }, count - filled) }
      guard got > 0 else { return nil }
      filled += got
    }
    return all
  }
}
