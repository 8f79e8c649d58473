// SPDX-License-Identifier: Apache-2.0
import LinuxIO

/// The two small files that a stream begins and ends with. They tell a stream of `send` from an archive that another tool made, in which
/// a hole may have become zeros, and a whole one from one that was cut between two entries.
enum TransferMark {
  /// The first entry.
  static let begin = Array(".cachefiles-send/begin".utf8)
  /// The last entry.
  static let end = Array(".cachefiles-send/end".utf8)
  /// The first line of both.
  static let firstLine = Array("cachefiles-send 1\n".utf8)
  /// At most so many bytes of a mark are read.
  static let limit: UInt64 = 4096

  /// What the first one says.
  static var beginText: [UInt8] {
    firstLine
      + Array(
        """
        Objects of a cachefiles directory. Put them into another one with: cachefiles receive DIR
        Other tools can list this archive. What they unpack is no cache until it stands in a cache directory with its
        attributes, its times and its holes.

        """.utf8)
  }

  /// What the last one says.
  static func endText(objects: Int) -> [UInt8] { firstLine + Array("objects \(objects)\n".utf8) }

  /// The entry of a mark.
  static func entry(_ path: [UInt8], _ text: [UInt8]) -> PaxEntry {
    var entry = PaxEntry(path: path, kind: .regular)
    entry.permissions = 0o644
    entry.size = UInt64(text.count)
    entry.extents = [DataExtent(offset: 0, length: entry.size)]
    return entry
  }

  /// Reads the first entry of a stream.
  ///
  /// - Throws: ``ArchiveFailure`` when it is not the one that `send` writes.
  static func check(_ reader: PaxReader) throws(ArchiveFailure) {
    guard let first = try reader.next() else { throw .malformed("it is empty") }
    guard first.path == begin, first.kind == .regular, first.size <= limit else {
      throw .malformed("another tool made it, and may have made zeros of holes")
    }
    var text: [UInt8] = []
    while try reader.data({ text += $1 }) {}
    guard text.starts(with: firstLine) else { throw .malformed("a later version made it") }
  }
}
