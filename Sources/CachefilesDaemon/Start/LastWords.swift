// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// What to say of the errors with which the device answers, and what to do about them.
enum LastWords {
  /// Why the device cannot be opened.
  static func opening(_ error: Errno, _ sources: LivenessSources) -> String {
    let words: String
    switch error {
    case .noSuchFileOrDirectory:
      words = "there is none: run 'modprobe cachefiles'; in a container, pass the device in"
    case .resourceBusy:
      let holder = sources.daemon.map { "\($0)" } ?? "another process"
      words = "\(holder) has it open, and one process at a time can: stop that one first"
    case .notPermitted, .permissionDenied:
      words =
        "that takes root with CAP_SYS_ADMIN, outside of user namespaces, and the device in the unit's DeviceAllow="
    case Errno(rawValue: 19), .noSuchAddressOrDevice:
      words = "the module cachefiles is not loaded: run 'modprobe cachefiles'"
    default: words = "run 'cachefiles doctor'"
    }
    return "cannot open \(sources.device): \(error): \(words)"
  }

  /// Why the kernel does not take a line of the configuration.
  static func configuring(_ line: [UInt8], _ error: Errno) -> String {
    let words: String
    switch (line.prefix { $0 != 32 }.elementsEqual("secctx".utf8), error) {
    case (true, _): words = "is the security module loaded that knows this label? Without one, remove the line"
    case (_, .invalidArgument), (_, .outOfRange): words = "the kernel does not take this value"
    case (_, .notSupported), (_, .notSupportedOnSocket): words = "this kernel does not know the command"
    case (_, .fileExists): words = "it was given before"
    default: words = "see the kernel log"
    }
    return "the kernel refuses \(EscapedBytes.quoted(line)): \(error): \(words)"
  }

  /// Why the kernel does not bind a directory.
  static func binding(_ directory: FilePath, _ error: Errno) -> String {
    "cannot bind \(EscapedBytes.string(directory.bytes)): \(error): \(binding(error))"
  }

  private static func binding(_ error: Errno) -> String {
    switch error {
    case .notSupported, .notSupportedOnSocket:
      "the file system lacks something that a cache needs: user attributes, unnamed files, or a way to sync; use ext4, "
        + "xfs or btrfs, without nouser_xattr and without casefold on the directory"
    case .resourceBusy:
      "the kernel has a cache of this name, or holds this directory already: stop what bound it; if nothing did, an earlier "
        + "cache was not let go, and only a restart of the machine helps"
    case .noSuchFileOrDirectory, .notDirectory:
      "the directory, or 'cache' or 'graveyard' in it, is no directory: run 'cachefiles-fsck -p' on it"
    case .readOnlyFileSystem: "its file system is mounted read-only: look in the kernel log for the reason"
    case .noSpace, .diskQuotaExceeded: "there is no room even for its directories: free some space, or inodes"
    case .permissionDenied, .notPermitted:
      "the kernel may not write there: an immutable flag (lsattr), a label (restorecon) or the 'secctx' line is in the way"
    case .invalidArgument: "the kernel does not take the configuration, or the label of 'secctx'"
    case .ioError: "the disk fails: see the kernel log, then run fsck of the file system and 'cachefiles-fsck'"
    case .noMemory: "the kernel has no memory left for it"
    default: "see the kernel log, and run 'cachefiles doctor'"
    }
  }
}
