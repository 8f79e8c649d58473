// SPDX-License-Identifier: Apache-2.0
import CAttr
import Glibc
public import SystemPackage

/// Copies extended attributes from one file to another, through libattr.
public enum AttributeCopy {
  /// Copies every attribute in the `user.` namespace.
  ///
  /// The corresponding C function is `attr_copy_fd` (libattr); unlike a loop over `fgetxattr` it follows the rules of
  /// the system's `/etc/xattr.conf` for attributes that must not be copied.
  /// - Throws: `Errno` of the first attribute that could not be copied.
  public static func copyUserAttributes(
    from source: borrowing OwnedDescriptor, to destination: borrowing OwnedDescriptor
  ) throws(Errno) {
    let from = source.raw
    let to = destination.raw
    // With a check function libattr leaves the decision to us; only the names of one namespace pass.
    try perform(.attrCopy) {
      attr_copy_fd(
        "", from, "", to,
        { name, _ in
          guard let name else { return 0 }
          return strncmp(name, "user.", 5) == 0 ? 1 : 0
        }, nil)
    }
  }

  /// Copies every attribute that may be set, access control lists and labels too.
  ///
  /// The corresponding C function is `attr_copy_fd` (libattr).
  /// - Throws: `Errno` of the first attribute that could not be copied.
  public static func copyAllAttributes(
    from source: borrowing OwnedDescriptor, to destination: borrowing OwnedDescriptor
  ) throws(Errno) {
    let from = source.raw
    let to = destination.raw
    try perform(.attrCopy) { attr_copy_fd("", from, "", to, { _, _ in 1 }, nil) }
  }
}
