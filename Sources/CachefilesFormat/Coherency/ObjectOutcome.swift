// SPDX-License-Identifier: Apache-2.0

/// What the kernel does with an object when its file is opened: `cachefiles_open_file` (fs/cachefiles/namei.c).
public enum ObjectOutcome: String, Sendable {
  /// Used.
  case accept = "ok"
  /// A new object is made, the old one unlinked when the new one is committed.
  case replace
  /// The file is not cached, and the object stays as it is until somebody removes it.
  case refuse
}
