// SPDX-License-Identifier: Apache-2.0

/// The name of the one extended attribute that the cache uses, for objects and for volume directories.
public enum CacheAttribute {
  /// `user.CacheFiles.cache`: `cachefiles_xattr_cache` (fs/cachefiles/xattr.c).
  public static let name: StaticString = "user.CacheFiles.cache"
  /// The longest value that any kernel wrote, in bytes: 18 of an object record and 255 of coherency data; the layout
  /// before 5.17 allowed 512.
  public static let longestValue = 512
}
