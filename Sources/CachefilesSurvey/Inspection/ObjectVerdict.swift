// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
import LinuxIO

/// What a kernel does with an object at the next open of its file, as far as the directory tells.
///
/// Whether the coherency data still matches the server's file cannot be seen offline.
package struct ObjectVerdict: Equatable, Sendable {
  /// What happens.
  package enum Outcome: String, Sendable {
    /// It is used, if the server's file has not changed.
    case accept = "ok"
    /// It is replaced by a new object.
    case replace
    /// The file is not cached, forever, until somebody removes the object.
    case refuse
    /// It is unlinked and made anew: it is no regular file.
    case unlink
    /// It is moved to the graveyard and made anew: it is a directory.
    case bury
    /// No kernel ever looks for it.
    case unreachable
    /// Opening it fails with an error that takes the whole cache offline.
    case withdraw
  }

  /// What kernels from 6.10 on, and patched stable ones, do.
  package var outcome: Outcome
  /// What unpatched kernels before 6.10 do.
  package var outcomeBefore: Outcome
  /// Why, as one line; nil when it is used.
  package var reason: String?

  /// Judges an object by what can be seen.
  ///
  /// - Parameters:
  ///   - inspection: what was seen.
  ///   - decoded: what the object's name stands for; nil when for nothing.
  ///   - belongs: the fanout that it belongs in.
  ///   - found: the fanout that it stands in.
  ///   - type: the netfs of the volume.
  package init(
    _ inspection: Inspection, decoded: DecodedName?, belongs: Fanout?, found: Fanout?, in type: NetfsType
  ) {
    guard let decoded else {
      self.init(.unreachable, "its name stands for no cookie key")
      return
    }
    if let defect = decoded.defect {
      self.init(.unreachable, "its name is not canonical: \(defect)")
      return
    }
    if let belongs, let found, belongs != found {
      self.init(.unreachable, "it stands in \(found) and belongs in \(belongs)")
      return
    }
    if inspection.status.isMountPoint {
      self.init(.withdraw, "something is mounted over it")
      return
    }
    switch inspection.status.kind {
    case .regular: break
    case .directory:
      self.init(.bury, "it is a directory")
      return
    default:
      self.init(.unlink, "it is \(inspection.status.kind.words)")
      return
    }
    if inspection.status.isImmutable || inspection.status.isAppendOnly {
      self.init(.withdraw, "it is \(inspection.status.isImmutable ? "immutable" : "append-only")")
      return
    }
    let rejection = ObjectRecord.rejection(
      of: inspection.attribute, coherencyLength: type.objectCoherencyLength)
    self.init(
      Self.outcome(rejection, .since6_10), rejection?.description, before: Self.outcome(rejection, .before6_10))
  }

  private init(_ outcome: Outcome, _ reason: String?, before: Outcome? = nil) {
    self.outcome = outcome
    outcomeBefore = before ?? outcome
    self.reason = reason
  }

  private static func outcome(_ rejection: ObjectRejection?, _ era: KernelEra) -> Outcome {
    switch rejection?.outcome(era) {
    case .replace: .replace
    case .refuse: .refuse
    case .accept, nil: .accept
    }
  }
}
