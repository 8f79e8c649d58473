// SPDX-License-Identifier: Apache-2.0
extension LogMessage {
  private static func daemon(
    _ id: String, _ weight: Weight, _ pattern: String, _ meaning: String, _ advice: String
  ) -> LogMessage {
    LogMessage(
      id: id, source: .cachefilesd, weight: weight, pattern: pattern, releases: "cachefilesd 0.10.10", meaning: meaning,
      advice: advice)
  }

  private static let configuration =
    "correct that line of the configuration; 'cachefiles doctor' names every line that is refused"

  /// The daemon's own messages, of cachefilesd 0.10.10.
  static let cachefilesd: [LogMessage] = [
    daemon(
      "daemon-bind-failed", .critical, "CacheFiles bind failed", "the kernel refused the cache",
      "read the kernel's line before it: 'Failed to register'"),
    daemon(
      "daemon-config", .critical, "CacheFiles gave config error", "the kernel refuses a line of the configuration",
      configuration),
    daemon(
      "daemon-unterminated", .critical, "Unterminated line", "the last line of the configuration has no newline",
      "end the file with a newline"),
    daemon(
      "daemon-long-line", .critical, "Line too long", "a line of the configuration is as long as a page of memory",
      configuration),
    daemon("daemon-nul", .critical, "Line contains a NUL character", "a NUL byte in the configuration", configuration),
    daemon("daemon-culltable", .critical, "ull table size", "'culltable' takes a number from 12 to 20", configuration),
    daemon("daemon-resume", .critical, "resume threshold", "'resume_thresholds' has no numbers", configuration),
    daemon("daemon-path", .critical, "Cache pathname is too long", "the path of 'dir' is too long", configuration),
    daemon(
      "daemon-location", .critical, "Can't confirm cache location", "the directory of the 'dir' line cannot be found",
      "make it; look for blanks, quotes or a carriage return at the end of the line"),
    daemon(
      "daemon-bind-line", .critical, "'bind' command not permitted", "'bind' stands in the configuration",
      "remove the line"),
    daemon(
      "daemon-device", .critical, "Unable to open /dev/cachefiles",
      "the device cannot be opened: no module, no permission, or another daemon has it",
      "run 'modprobe cachefiles'; look for another cachefilesd, nydusd or styx"),
    daemon(
      "daemon-graveyard", .critical, "Unable to open graveyard directory", "the graveyard cannot be opened",
      "run 'cachefiles doctor' on the directory"),
    daemon(
      "daemon-notify", .critical, "unable to set notification on graveyard",
      "the kernel lacks CONFIG_DNOTIFY, or the file system cannot notify", "use a kernel with CONFIG_DNOTIFY"),
    daemon(
      "daemon-cache", .critical, "Unable to open cache directory", "the directory 'cache' cannot be opened",
      "run 'cachefiles doctor' on the directory"),
    daemon(
      "daemon-statistics", .critical, "Backing filesystem returns unusable statistics",
      "the file system does not tell its size in a usable way", "put the cache on ext4, xfs or btrfs"),
    daemon(
      "daemon-special-file", .critical, "readdir returned unsupported type",
      "a FIFO, socket, device or symbolic link in the cache: the daemon ends, and the cache with it",
      "run 'cachefiles doctor' to find it, remove it, start the daemon again"),
    daemon(
      "daemon-special-file", .critical, "Internal error: Unexpected type",
      "an entry of a type that the daemon does not know: it ends", "run 'cachefiles doctor' to find it"),
    daemon(
      "daemon-stuck", .critical, "Unable to unlink file",
      "something in the graveyard cannot be removed: the daemon ends",
      "clear the flag with 'chattr -i -a' or unmount it, then run 'cachefiles sweep'"),
    daemon(
      "daemon-stuck", .critical, "Unable to remove dir",
      "a directory in the graveyard cannot be removed: the daemon ends",
      "clear the flag with 'chattr -i -a' or unmount it, then run 'cachefiles sweep'"),
    daemon(
      "daemon-inuse", .critical, "Failed to check object's in-use state",
      "the kernel did not answer about an object: the daemon ends",
      "read the kernel's messages before it, then start it again"),
    daemon(
      "daemon-cull", .critical, "Failed to cull object", "an object could not be culled: the daemon ends",
      "read the kernel's messages before it, look for immutable files, then start it again"),
    daemon(
      "daemon-restat", .critical, "Failed to re-stat object", "an object could not be looked at: the daemon ends",
      "check the disk, then start it again"),
    daemon(
      "daemon-state", .critical, "Unable to read cache state", "the kernel does not answer any more",
      "restart the daemon"),
    daemon(
      "daemon-foreign", .warning, "unexpectedly named file",
      "a file that is not of the cache could not be removed: the daemon ends", "move it out of the cache"),
    daemon("daemon-internal", .critical, "Internal error: %s", "a defect of the daemon", "start it again; report it"),
    daemon(
      "daemon-suspended", .warning, "Scanning suspended",
      "a whole scan found too little to cull; the daemon waits until the kernel lets go of some files, which with much memory can be never",
      "if the cache stays full, restart the daemon or use 'cachefiles cull'"),
    daemon(
      "daemon-suspended", .warning, "Suspend scanning",
      "a whole scan found too little to cull; the daemon waits until the kernel lets go of some files",
      "if the cache stays full, restart the daemon or use 'cachefiles cull'"),
    daemon(
      "daemon-refilling", .note, "Refilling cull table", "the daemon looks for the objects that were used longest ago",
      "nothing"),
    daemon("daemon-scan", .note, "Scan complete", "the daemon has looked at the whole cache", "nothing"),
    daemon("daemon-about", .note, "About to bind cache", "the daemon is starting", "nothing"),
    daemon("daemon-bound", .note, "Bound cache", "the daemon has bound the cache", "nothing"),
    daemon("daemon-started", .note, "Daemon Started", "the daemon runs", "nothing"),
    daemon(
      "daemon-terminated", .warning, "Daemon Terminated", "the daemon was told to end: nothing is cached any more",
      "start it again"),
    daemon(
      "daemon-alloc", .critical, "calloc: errno", "the daemon has no memory left",
      "start it again; with a small machine lower 'culltable'"),
  ]
}
