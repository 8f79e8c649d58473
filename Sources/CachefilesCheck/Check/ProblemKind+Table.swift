// SPDX-License-Identifier: Apache-2.0
extension ProblemKind {
  /// The root directory, volumes and fanout directories.
  static let rootAndVolumeKinds: [ProblemKind] = [
    ProblemKind(.r01, .error, "the cache directory is missing", kernel: "the bind fails with ENOENT or ENOTDIR"),
    ProblemKind(
      .r02, .error, "'cache' is not a directory", kernel: "the bind fails with EIO", .bury, .safe,
      loss: "nothing; what stood there goes to the graveyard"),
    ProblemKind(
      .r03, .error, "'graveyard' is not a directory", kernel: "the bind fails with EIO", .replace, .safe,
      loss: "nothing; what stood there goes into the new graveyard"),
    ProblemKind(.r04, .note, "'cache' or 'graveyard' is missing", kernel: "makes it at bind"),
    ProblemKind(
      .r05, .error, "the file system cannot hold a cache",
      kernel: "the bind, or every object, fails with EROFS or EOPNOTSUPP"),
    ProblemKind(
      .r06, .error, "something is mounted inside the cache",
      kernel: "stops the cache with an I/O error at the first lookup"),
    ProblemKind(
      .r07, .error, "a directory folds the case of names",
      kernel: "names that differ only by case become one object: wrong bytes may be served"),
    ProblemKind(
      .r08, .note, "access times are not kept", kernel: "does not notice; culling does not take the least recently used"
    ),
    ProblemKind(.r09, .note, "foreign entries in the root directory", kernel: "ignores them"),
    ProblemKind(
      .r10, .note, "a directory is open to others than root",
      kernel: "ignores it; others may read or change the cached copies", .setMode),
    ProblemKind(
      .r11, .note, "'cache' has the attribute of the layout before 5.17, but no such tree", kernel: "ignores it",
      .removeAttribute),
    ProblemKind(
      .v01, .warning, "foreign entries in 'cache'", kernel: "ignores them; cachefilesd erases them", .bury,
      loss: "the entry: it belongs to no cache"),
    ProblemKind(
      .v02, .warning, "trees of the layout before Linux 5.17", kernel: "5.17 and later neither read nor remove them",
      .bury, loss: "what a kernel up to 5.16 had cached"),
    ProblemKind(
      .v03, .error, "volumes that are not directories",
      kernel: "the mount is not cached at all: EIO each time the volume is asked for", .bury, .safe,
      loss: "nothing that was cached"),
    ProblemKind(
      .v04, .error, "volumes without the cache's attribute",
      kernel: "6.10 and later refuse the volume forever, earlier ones bury it", .setHeader, .safe,
      loss: "nothing where the header is constant; else the volume's copies"),
    ProblemKind(
      .v05, .error, "volumes whose attribute is too long",
      kernel: "6.10 and later refuse the volume forever, earlier ones bury it", .setHeader, .safe,
      loss: "nothing where the header is constant; else the volume's copies"),
    ProblemKind(
      .v06, .warning, "volumes whose attribute is too short", kernel: "buries the volume at the next mount", .setHeader,
      .safe, loss: "nothing where the header is constant; else the volume's copies"),
    ProblemKind(
      .v07, .warning, "volumes whose reserved bytes are not zero", kernel: "buries the volume at the next mount",
      .setHeader, .safe, loss: "nothing where the header is constant; else the volume's copies"),
    ProblemKind(.v08, .note, "volumes without objects", kernel: "uses them; that of an NFSv4 root looks like this"),
    ProblemKind(
      .v09, .warning, "foreign entries in volumes", kernel: "ignores them; cachefilesd erases them", .bury, .safe,
      loss: "the entry: no kernel ever finds it"),
    ProblemKind(
      .v10, .note, "volumes of no known network file system", kernel: "uses them when a network file system asks"),
    ProblemKind(
      .v11, .warning, "volumes left behind by a mount with other options",
      kernel: "uses them only if the old options come back; they wait to be culled", .bury,
      loss: "the volume's copies, which nobody used for long"),
    ProblemKind(
      .v12, .warning, "EROFS volumes on a kernel that has no on-demand mode any more",
      kernel: "7.2 and later never ask for them",
      .bury, loss: "the volume's blobs"),
    ProblemKind(.f01, .note, "volumes with missing fanout directories", kernel: "makes them when the volume is used"),
    ProblemKind(
      .f02, .error, "fanouts that are not directories",
      kernel: "refuses the whole volume forever: the mount runs without a cache", .bury, .safe,
      loss: "nothing that was cached"),
    ProblemKind(.f03, .note, "fanout directories open to others than root", kernel: "ignores it"),
  ]

  /// The graveyard, and the state of the running cache.
  static let graveyardKinds: [ProblemKind] = [
    ProblemKind(
      .g01, .note, "the graveyard is not empty", kernel: "never looks at its entries; cachefilesd removes them at start"
    ),
    ProblemKind(
      .g02, .note, "the graveyard has entries that neither kernel nor cachefilesd named",
      kernel: "never looks at them; cachefilesd removes them too"),
    ProblemKind(
      .g03, .error, "entries in the graveyard that cannot be removed",
      kernel: "never looks at them; but cachefilesd exits at start, and the cache never comes up", .clearFlag, .safe,
      loss: "nothing: cachefilesd removes it at its next start"),
    ProblemKind(.l01, .note, "the cache is in use", kernel: "changes it while it is read: findings may be in motion"),
    ProblemKind(
      .l02, .error, "the kernel has withdrawn the cache after an I/O error",
      kernel: "caches nothing until the daemon is restarted"),
  ]
}
