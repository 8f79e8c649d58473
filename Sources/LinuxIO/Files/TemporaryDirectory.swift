// SPDX-License-Identifier: Apache-2.0
import Glibc
public import SystemPackage

/// Directories that nobody else can have prepared.
public enum TemporaryDirectory {
  /// Makes a new directory whose name begins with a prefix, for this user only.
  ///
  /// - Throws: what `mkdtemp` says.
  public static func make(in directory: FilePath, prefix: String) throws(Errno) -> FilePath {
    var template = Array((directory.string + "/" + prefix + "XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
    return FilePath(platformString: template)
  }
}
