// SPDX-License-Identifier: Apache-2.0
public import SystemPackage

/// What keeps this process from borrowing a descriptor of another one.
public enum TracingRights: Sendable, Equatable {
  /// Nothing that can be told beforehand.
  case possible
  /// Yama forbids it to everybody until the machine starts again: `kernel.yama.ptrace_scope` is 3.
  case forbiddenByYama
  /// This process has not the capability `CAP_SYS_PTRACE`.
  case lackCapability

  /// The bit of `CAP_SYS_PTRACE` (include/uapi/linux/capability.h).
  private static let capability: UInt64 = 1 << 19

  /// Asks the kernel, as `/proc` shows it. What cannot be read keeps nobody from trying.
  public init(proc: FilePath = "/proc") {
    if Self.text(proc.appending("sys/kernel/yama/ptrace_scope"))?.first == "3" {
      self = .forbiddenByYama
    } else if let held = Self.capabilities(proc), held & Self.capability == 0 {
      self = .lackCapability
    } else {
      self = .possible
    }
  }

  /// The effective capabilities of this process.
  private static func capabilities(_ proc: FilePath) -> UInt64? {
    guard let text = text(proc.appending("self/status")) else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix("CapEff:") {
      return UInt64(line.dropFirst(7).drop { $0 == "\t" || $0 == " " }, radix: 16)
    }
    return nil
  }

  private static func text(_ path: FilePath) -> String? {
    do throws(Errno) { return String(decoding: try SmallFile.read(path), as: UTF8.self) } catch { return nil }
  }
}
