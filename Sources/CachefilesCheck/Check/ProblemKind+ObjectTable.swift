// SPDX-License-Identifier: Apache-2.0
extension ProblemKind {
  /// Objects.
  static let objectKinds: [ProblemKind] = [
    ProblemKind(
      .o01, .warning, "objects whose names stand for no key", kernel: "never looks for them", .bury, .safe,
      loss: "the cached copy, which is out of reach"),
    ProblemKind(
      .o02, .warning, "objects whose names no kernel makes", kernel: "never looks for them", .bury, .safe,
      loss: "the cached copy, which is out of reach"),
    ProblemKind(
      .o03, .warning, "objects in the wrong fanout directory", kernel: "never looks for them there", .bury, .safe,
      loss: "the cached copy, which is out of reach"),
    ProblemKind(
      .o04, .warning, "directories in an object's place", kernel: "moves them to the graveyard at the next lookup",
      .bury,
      .safe, loss: "what is in the directory"),
    ProblemKind(
      .o05, .warning, "links and special files in an object's place",
      kernel: "unlinks them at the next lookup; cachefilesd exits when it meets one", .bury, .safe,
      loss: "nothing that was cached"),
    ProblemKind(
      .o06, .error, "objects without the cache's attribute",
      kernel: "6.10 and later never cache the file again, earlier ones replace the object", .bury, .safe,
      loss: "the cached copy"),
    ProblemKind(
      .o07, .error, "objects whose attribute is too long",
      kernel: "6.10 and later never cache the file again, earlier ones replace the object", .bury, .safe,
      loss: "the cached copy"),
    ProblemKind(
      .o08, .warning, "objects whose attribute is too short", kernel: "replaces them at the next open", .bury, .safe,
      loss: "the cached copy"),
    ProblemKind(
      .o09, .warning, "objects whose type is not 1", kernel: "replaces them at the next open", .bury, .safe,
      loss: "the cached copy"),
    ProblemKind(
      .o10, .warning, "dirty objects: marked as open for writing",
      kernel: "after a restart replaces them at the next open; what never reached the server is lost", .bury, .dirty,
      loss: "writes that may not have reached the server; 'cachefiles extract' saves them first"),
    ProblemKind(.o11, .note, "objects with content 1, 2 or 3", kernel: "uses them"),
    ProblemKind(.o12, .note, "objects with an undefined content value", kernel: "uses them"),
    ProblemKind(.o13, .note, "objects whose zero point is not 0", kernel: "ignores it"),
    ProblemKind(
      .o14, .warning, "objects with an impossible size", kernel: "replaces them at the next open", .bury, .safe,
      loss: "the cached copy"),
    ProblemKind(
      .o15, .note, "objects longer or shorter than their record says", kernel: "sets the length right at lookup"),
    ProblemKind(
      .o16, .note, "objects whose length is not a whole number of pages",
      kernel: "sets the length right at lookup; the last page may be read again", .truncate,
      loss: "the part of a page at the end"),
    ProblemKind(
      .o17, .warning, "objects with bytes beyond the end of the file", kernel: "serves them if the file grows", .bury,
      loss: "the cached copy"),
    ProblemKind(
      .o18, .warning, "objects with several names",
      kernel: "uses them; culling frees no space and may leave a mark behind",
      .bury, loss: "the cached copy under this name"),
    ProblemKind(
      .o19, .error, "immutable or append-only files or directories",
      kernel: "an I/O error at open, which can take the whole cache offline", .clearFlag, .safe),
    ProblemKind(
      .o20, .note, "objects without any data", kernel: "uses them and reads everything from the server", .bury),
    ProblemKind(
      .o21, .warning, "SMB objects named by the key of kernels before 6.9", kernel: "6.9 and later never look for them",
      .bury, loss: "the cached copy, which is out of reach"),
    ProblemKind(
      .o22, .warning, "objects whose key has an impossible length for their network file system",
      kernel: "never looks for them", .bury, .safe, loss: "the cached copy, which is out of reach"),
    ProblemKind(
      .o23, .note, "volumes whose names differ only by case or by Unicode form",
      kernel: "keeps them apart; other tools may confuse them"),
    ProblemKind(
      .o24, .note, "objects last used in the future", kernel: "uses them; they are never culled", .resetAccessTime),
    ProblemKind(
      .o25, .error, "volumes that look restored by a tool that fills holes",
      kernel: "takes the zeros in the former holes for cached data: wrong bytes are served"),
    ProblemKind(
      .o26, .error, "the file system cannot tell data from holes",
      kernel: "takes every hole for cached data: wrong bytes are served"),
    ProblemKind(
      .o27, .note, "objects whose attribute differs in length from most of their volume",
      kernel: "refuses or replaces one of the two kinds; which one only the unknown network file system knows"),
  ]
}
