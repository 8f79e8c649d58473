// SPDX-License-Identifier: Apache-2.0

/// Whether an object may hold writes that the server never got. This is the one rule; "cannot tell" is never "clean".
///
/// Mirrors the test of `content` in `cachefiles_check_auxdata` (fs/cachefiles/xattr.c): an object is dirty if, and only if, its
/// record says so. A file without the attribute, or with one too short to have that byte, never held a cached write: kernels
/// write the record before they give the file its name.
public enum Dirtiness: Sendable, Equatable {
  /// Nothing in it is missing on the server.
  case clean
  /// It was open for writing when the cache went down, or is now.
  case dirty
  /// Its attribute could not be read.
  case cannotTell

  /// What the value of the attribute says, however long it is. Only for the layout from Linux 5.17 on: older records have no
  /// such byte.
  @inlinable
  public init(record: Span<UInt8>) {
    if let view = ObjectRecordView(record), view.content.rawValue == Content.dirty.rawValue {
      self = .dirty
    } else {
      self = .clean
    }
  }

  /// What the value of the attribute of a file in a tree of the layout before Linux 5.17 says. Old records have no content byte;
  /// but what has every mark of a new one is one that somebody put there.
  public init(inLegacyTree value: Span<UInt8>) {
    guard let view = ObjectRecordView(value) else {
      self = .clean
      return
    }
    let isRecord = view.type == ObjectRecord.dataType && view.zeroPoint == 0 && view.objectSize < 1 << 63
    self = isRecord && view.content == .dirty ? .dirty : .clean
  }

  /// Whether the object may be removed without the user's consent to lose what it holds.
  @inlinable
  public var isClean: Bool {
    if case .clean = self { true } else { false }
  }
}
