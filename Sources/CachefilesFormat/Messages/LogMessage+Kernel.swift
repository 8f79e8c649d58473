// SPDX-License-Identifier: Apache-2.0
extension LogMessage {
  /// All messages, the specific ones before the general ones.
  public static let all: [LogMessage] = kernel + cachefilesd

  private static func entry(
    _ id: String, _ weight: Weight, _ pattern: String, _ releases: String, _ meaning: String, _ advice: String
  ) -> LogMessage {
    LogMessage(
      id: id, source: .kernel, weight: weight, pattern: pattern, releases: releases, meaning: meaning, advice: advice)
  }

  /// fs/cachefiles, fs/fscache (from 6.8 in fs/netfs) and the network file systems.
  private static let kernel: [LogMessage] = binding + stopping + lookups + cookies + volumes

  private static let remount = "unmount all mounts of this export and mount it again"
  private static let every = "all"
  private static let modern = "5.17 and later"
  private static let legacy = "up to 5.16"

  private static let binding = [
    entry(
      "bound", .note, "File cache on %s registered", every, "the kernel has bound the cache",
      "nothing; mounts made before it"
        + " need to be made again"),
    entry(
      "unbound", .warning, "File cache on %s unregistering", every, "the cache was unbound: its daemon has ended",
      "read the daemon's last messages, then start it again"),
    entry(
      "bind-failed", .critical, "Failed to register: %d", every, "the kernel refused to bind the cache",
      "run 'cachefiles doctor', which tells what the file system lacks, then start the daemon again"),
    entry(
      "module-failed", .critical, "failed to register: %d", every, "the module cachefiles could not be set up",
      "look at the messages before it; load the module again"),
    entry(
      "idmapped", .critical, "File cache on idmapped mounts not supported", "5.17 and later",
      "the directory is on an idmapped mount, which the kernel refuses",
      "bind a directory outside the container's idmapped mount"),
    entry(
      "no-read-iter", .critical, "Cache does not support read_iter and write_iter", modern,
      "the file system cannot be read and written as the cache needs it: no object is made",
      "put the cache on ext4, xfs or btrfs"),
    entry(
      "tag-in-use", .critical, "ache tag '%s' already in use", legacy, "another cache has this tag",
      "give each cache its own 'tag'"),
    entry(
      "tag-in-use", .critical, "ache tag %s in use", modern, "another cache has this tag",
      "give each cache its own 'tag'"),
    entry(
      "already-bound", .critical, "Cache already bound", every, "a second 'bind' of one daemon", "start one daemon only"
    ),
    entry(
      "no-directory", .critical, "No cache directory specified", every, "'bind' came before any 'dir'",
      "add a 'dir' line to the configuration"),
    entry(
      "second-directory", .critical, "Second cache directory specified", every, "two 'dir' lines", "leave one of them"),
    entry(
      "empty-directory", .critical, "Empty directory specified", every, "a 'dir' line without a path",
      "name the directory"),
    entry(
      "empty-tag", .critical, "Empty tag specified", every, "a 'tag' line without a name",
      "name the tag or remove the line"),
    entry(
      "secctx", .critical, "Empty security context specified", every, "a 'secctx' line without a label",
      "remove the line"),
    entry("secctx", .critical, "Second security context specified", every, "two 'secctx' lines", "leave one of them"),
    entry(
      "secctx-denied", .critical, "Security denies permission to nominate security context: error %d", every,
      "SELinux does not let the daemon use the label of 'secctx'",
      "remove the 'secctx' line, or install the policy of cachefilesd"),
    entry(
      "security-denied", .critical, "Security denies permission to make dirs: error %d", every,
      "SELinux forbids the cache to make directories", "restorecon -R the directory; look for AVC messages"),
    entry(
      "security-denied", .critical, "Security denies permission to create files: error %d", every,
      "SELinux forbids the cache to create files", "restorecon -R the directory; look for AVC messages"),
    entry(
      "limits", .critical, "Free space limits must be in range", every, "the six limits are out of order",
      "keep 0 <= stop < cull < run < 100; write run first when raising them"),
    entry(
      "bind-argument", .critical, "'bind' command doesn't take an argument", every,
      "'bind ondemand' on a kernel without it (or after 7.2), or a stray word",
      "use a kernel with CONFIG_CACHEFILES_ONDEMAND, or plain 'bind'"),
    entry("added", .note, "ache \"%s\" added (type %s)", every, "the cache is in use", "nothing"),
    entry(
      "withdrawing", .warning, "Withdrawing cache \"%s\"", every, "the cache is being taken out of use",
      "if nobody stopped the daemon, read its last messages"),
    entry(
      "netfs-registered", .note, "Netfs '%s' registered for caching", legacy,
      "the module of this file system can cache", "nothing"),
    entry(
      "netfs-unregistered", .note, "Netfs '%s' unregistered from caching", legacy,
      "the module of this file system was unloaded", "nothing"),
    entry("loaded", .note, "FS-Cache: Loaded", every, "caching is available in the kernel", "nothing"),
    entry("loaded", .note, "FS-Cache loaded", every, "caching is available in the kernel", "nothing"),
    entry("loaded", .note, "CacheFiles: Loaded", every, "the module cachefiles was loaded", "nothing"),
  ]

  private static let stopping = [
    entry(
      "stopped", .critical, "ache '%s' stopped due to I/O error", every,
      "an I/O error ended the cache: nothing is cached until it is bound again",
      "read the line before it, which names the operation; check the disk, run cachefiles-fsck, restart the daemon"),
    entry(
      "statfs-failed", .critical, "I/O Error: statfs failed", every,
      "the free space could not be asked: the cache has stopped", "check the file system"),
    entry(
      "mountpoint-inside", .critical, "I/O Error: Mountpoint in", every,
      "something is mounted inside the cache: it has stopped",
      "unmount it, then restart the daemon"),
    entry(
      "graveyard-lost", .critical, "I/O Error: Graveyard no longer a directory", every,
      "the graveyard was replaced: the cache has stopped", "run 'cachefiles-fsck -p', then restart the daemon"),
    entry(
      "io-unlink", .critical, "I/O Error: Unlink", every, "an object could not be removed: the cache has stopped",
      "check the disk; look for immutable files (lsattr); run cachefiles-fsck"),
    entry(
      "io-rename", .critical, "I/O Error: Rename", every,
      "something could not be moved to the graveyard: the cache has stopped",
      "check the disk, the flags of the graveyard and SELinux; run cachefiles-fsck"),
    entry(
      "io-xattr", .critical, "I/O Error: %s xattr", every,
      "the attribute of an object could not be read or written: the cache has stopped",
      "check the disk; run cachefiles-fsck"),
    entry(
      "io-aux", .critical, "I/O Error: Failed to read aux", modern,
      "the attribute of an object could not be read: the cache has stopped", "check the disk; run cachefiles-fsck"),
    entry(
      "io-tmpfile", .critical, "I/O Error: Failed to create tmpfile", modern,
      "an unnamed file could not be made: the cache has stopped",
      "check that the file system has O_TMPFILE and is not full"),
    entry(
      "io-page", .critical, "I/O Error: %sage %s backing file", legacy,
      "an object could not be read or written: the cache has stopped", "check the disk; run cachefiles-fsck"),
    entry(
      "io-error", .critical, "CacheFiles: I/O Error: %s", every,
      "an operation on the cache's file system failed: the cache has stopped",
      "check the disk and its file system, run cachefiles-fsck, restart the daemon"),
    entry(
      "internal", .warning, "CacheFiles: Internal error: %d", every,
      "an entry that was to be culled could not be looked up or removed: the cache goes on, but the daemon may have ended",
      "see with 'cachefiles doctor' whether the daemon is there; the number says what stood in the way"),
    entry(
      "assertion", .critical, "Assertion failed", every, "a defect in the kernel",
      "update the kernel; report it with the lines that follow"),
  ]

  private static let lookups = [
    entry(
      "lookup-error", .warning, "Lookup failed error %d", legacy,
      "an object could not be looked up: that file is not cached",
      "with error -105 make room or start the daemon; else check the file system"),
    entry(
      "lookup-error", .warning, "Lookup %s failed with error %d", every,
      "a directory of the cache could not be looked up: nothing of that volume is cached",
      "for a name that is too long mount with fewer or shorter options (fsc=TAG, address); else run cachefiles-fsck"),
    entry(
      "mkdir-error", .warning, "mkdir %s failed with error %d", every,
      "a directory of the cache could not be made: nothing of that volume is cached",
      "make room (inodes too), then remount"),
    entry(
      "not-a-directory", .warning, "inode %d is not a directory", legacy, "a file stands where a directory belongs",
      "with the cache not bound, run 'cachefiles-fsck -p'"),
    entry(
      "not-a-file", .warning, "inode %d is not a file or directory", legacy,
      "something special stands where an object belongs", "with the cache not bound, run 'cachefiles-fsck -p'"),
    entry(
      "not-a-directory", .warning, "%s is not a directory", every,
      "a file stands where a directory of the cache belongs: what is below is not cached",
      "with the cache not bound, run 'cachefiles-fsck -p'"),
    entry(
      "not-a-file", .note, "%s is not a file", modern,
      "something else stands under an object's name; the kernel replaces it", "nothing"),
    entry(
      "in-use", .warning, "Inode already in use: %s (B=", modern,
      "the directory or object is already held, perhaps by a cache or volume that ended badly: it is not cached",
      "unmount all mounts that cache, restart the daemon; if it stays, restart the machine"),
    entry(
      "dirty", .note, "Dirty object in cache", modern,
      "an object was being written when the machine or the cache stopped: the kernel discards it",
      "nothing; many of them after each start mean that the machine does not shut down cleanly"),
    entry(
      "xattr", .warning, "Can't %s xattr on %s", legacy, "the attribute of an object could not be set or read",
      "check the disk and that the file system has user attributes"),
    entry(
      "xattr-length", .warning, "Cache object %s xattr length incorrect", legacy,
      "an object's attribute has the wrong length; the kernel replaces the object",
      "nothing; if there are many, run cachefiles-fsck"),
    entry(
      "cull-dead", .warning, "cull applied to dead cache", every,
      "the daemon culls in a cache that an I/O error stopped", "restart the daemon"),
    entry(
      "inuse-dead", .warning, "inuse applied to dead cache", every, "the daemon asks a cache that an I/O error stopped",
      "restart the daemon"),
  ]

  private static let cookies = [
    entry(
      "duplicate-cookie", .warning, "Duplicate cookie detected", every,
      "a netfs asked twice for the same file; the second one is not cached. The lines after it name both (O- old, N- new)",
      "harmless when rare; two mounts that share a volume or a server that reuses file handles: mount them with different fsc=TAG"
    ),
    entry(
      "cookie-timeout", .warning, "cookie state change wait timed out", modern,
      "the cache did not finish with a file in time: a slow or stuck disk, or a defect of the kernel (6.1 to 6.8 have several)",
      "look for a slow disk; update the kernel; restart the daemon when it repeats"),
    entry(
      "cookie-collision", .note, "Potential collision c=", modern,
      "a file was opened again before the cache had let go of its old object",
      "nothing unless it repeats for minutes: then the disk is slow"),
    entry(
      "cookie-children", .warning, "Cookie '%s' still has children", legacy,
      "a netfs gave up an index with files below it", "a defect of the kernel; update it"),
    entry(
      "relinquished", .warning, "already relinquished", every, "a netfs used a cookie that it had given up",
      "a defect of the kernel; update it"),
    entry(
      "unexpected-state", .warning, "in unexpected state", modern, "a cookie is in a state it should not be in",
      "a defect of the kernel; update it"),
    entry(
      "object-killed", .warning, "Object already killed by cache", legacy,
      "an object was used after the cache had given it up", "a defect of the kernel; update it"),
    entry(
      "object-collision", .critical, "Unexpected object collision", legacy,
      "two cookies claim the same object; the kernel stops itself here", "update the kernel"),
    entry(
      "object-wait", .warning, "Overlong wait for old active object", legacy,
      "an old object of the same name does not go away: a slow disk", "look for a slow disk"),
    entry(
      "subreq", .warning, "Subreq overread", modern, "more was read than asked for", "a defect of the kernel; update it"
    ),
    entry("zero-read", .warning, "Zero-sized read", modern, "a read of nothing", "a defect of the kernel; update it"),
  ]

  private static let volumes = [
    entry(
      "volume-in-use", .warning, "Cache volume key already in use (%s)", modern,
      "two superblocks have the same volume key: the second one is not cached",
      "mount the second one with its own fsc=TAG (NFS), or without nosharecache; before 5.18 a submount that crosses a file system can cause it"
    ),
    entry(
      "volume-collision", .warning, "Potential volume collision new=", modern,
      "a volume was asked for while the old one of the same key had not gone in 20 seconds: mounts wait, the disk may be slow",
      "look for a slow disk; if the mount hangs, update the kernel"),
    entry(
      "uniquifier-in-use", .warning, "NFS: Cache request denied due to non-unique superblock keys", legacy,
      "two superblocks of one export differ only in what is no part of the key: neither shares, the second one is not cached",
      "mount the second one with its own fsc=TAG"),
  ]
}
