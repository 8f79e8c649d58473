// SPDX-License-Identifier: Apache-2.0
public import SystemPackage

/// Why an archive cannot be written or read any further.
public enum ArchiveFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// A call failed.
  case system(Errno)
  /// A signal came.
  case interrupted
  /// What was read is no archive of this kind, is damaged, or ends too early.
  case malformed(String)

  /// One line.
  public var description: String {
    switch self {
    case .system(let error): "\(error)"
    case .interrupted: "a signal came"
    case .malformed(let reason): reason
    }
  }
}
