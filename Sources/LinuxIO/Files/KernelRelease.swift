// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// The release of a kernel, as far as behaviour is told by it: `6.12`.
public struct KernelRelease: Comparable, Sendable, CustomStringConvertible {
  /// The first number.
  public var major: Int
  /// The second number.
  public var minor: Int

  /// Makes a release.
  public init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// Reads `6.12`, `6.12.117+deb12-amd64` and the like; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    let digits = { (text: Substring) in text.prefix { ("0"..."9").contains($0) } }
    guard parts.count >= 2, digits(parts[0]) == parts[0], let major = Int(parts[0]), let minor = Int(digits(parts[1]))
    else { return nil }
    self.init(major, minor)
  }

  /// The release of the running kernel. The corresponding C function is `uname`.
  public static var running: KernelRelease {
    var name = utsname()
    uname(&name)
    let text = withUnsafeBytes(of: name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return KernelRelease(text) ?? KernelRelease(0, 0)
  }

  /// Whether one release is older than another.
  public static func < (left: KernelRelease, right: KernelRelease) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }

  /// `6.12`.
  public var description: String { "\(major).\(minor)" }
}
