// SPDX-License-Identifier: Apache-2.0
import LinuxIO

/// The small files of a stream beside its objects: one begins it, one ends it, and some between have the sums of the entries before them.
/// They tell a stream of `send` from an archive that another tool made, in which a hole may have become zeros, and a whole one from one
/// that was cut between two entries.
enum TransferMark {
  /// The first entry.
  static let begin = Array(".cachefiles-send/begin".utf8)
  /// The last entry.
  static let end = Array(".cachefiles-send/end".utf8)
  /// The sums of the directories and objects since the last one of these.
  static let sums = Array(".cachefiles-send/sums".utf8)
  /// The first line of all.
  static let firstLine = Array("cachefiles-send 3\n".utf8)
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

  /// What one with sums says: a line for each, in hexadecimal digits.
  static func sumsText(_ sums: [UInt32]) -> [UInt8] {
    sums.reduce(into: firstLine) { text, sum in
      let digits = String(sum, radix: 16)
      text += (String(repeating: "0", count: 8 - digits.count) + digits + "\n").utf8
    }
  }

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
    guard first.path == begin, first.kind == .regular else {
      throw .malformed("another tool made it, and may have made zeros of holes")
    }
    guard try text(of: first, reader) != nil else { throw .malformed("another version made it") }
  }

  /// The number of objects that the last entry tells of.
  ///
  /// - Throws: ``ArchiveFailure`` when it is not the one that `send` writes.
  static func objects(_ entry: PaxEntry, _ reader: PaxReader) throws(ArchiveFailure) -> Int {
    guard let text = try text(of: entry, reader), text.hasPrefix("objects "),
      let count = Int(text.dropFirst(8).dropLast())
    else { throw .malformed("its end is damaged") }
    return count
  }

  /// The sums of an entry.
  ///
  /// - Throws: ``ArchiveFailure`` when it is not one that `send` writes.
  static func sums(_ entry: PaxEntry, _ reader: PaxReader) throws(ArchiveFailure) -> [UInt32] {
    guard let text = try text(of: entry, reader) else { throw .malformed("its sums are damaged") }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
    let sums = lines.compactMap { $0.utf8.count == 8 ? UInt32($0, radix: 16) : nil }
    guard sums.count == lines.count else { throw .malformed("its sums are damaged") }
    return sums
  }

  /// What a mark says behind its first line; nil where that is another one.
  private static func text(of entry: PaxEntry, _ reader: PaxReader) throws(ArchiveFailure) -> String? {
    guard entry.kind == .regular, entry.size <= limit else { return nil }
    var text: [UInt8] = []
    while try reader.data({ text += $1 }) {}
    guard text.starts(with: firstLine) else { return nil }
    return String(decoding: text.dropFirst(firstLine.count), as: UTF8.self)
  }
}
