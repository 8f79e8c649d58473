// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO
import SystemPackage

/// One object of a stream on its way into the destination: a file without a name gets the data, the attribute, the owner, the mode and
/// the times, is looked at, and then appears under its name.
struct ReceivedObject: Sendable {
  /// The path in the destination, for messages.
  var path: [UInt8]
  var name: EntryName
  var directory: SharedDescriptor
  var size: UInt64
  var record: [UInt8]
  var properties: CopyProperties
  var access: Timestamp
  var modification: Timestamp
  /// The runs that the destination can hold.
  var layout: DataLayout
  /// Whether a part of it is there, which gives way.
  var replacesPart: Bool
  /// Its data, clipped to the runs, in order; empty when it is written as it comes.
  var pieces: [Piece] = []

  /// Data and its place.
  struct Piece: Sendable {
    var offset: UInt64
    var bytes: [UInt8]
  }

  /// What it occupies in memory, at most.
  var weight: Int { pieces.reduce(2048) { $0 + $1.bytes.count } }

  /// Makes the file, of the whole length: one hole.
  func makeFile() throws(CopyFault) -> OwnedDescriptor {
    let file = try CopyFault.attempt(.destination, "make a file without a name for") { () throws(Errno) in
      try directory.value.openUnnamed()
    }
    try CopyFault.attempt(.destination, "set the length of") { () throws(Errno) in
      try file.truncate(to: Int64(clamping: size))
    }
    return file
  }

  /// Writes data.
  static func write(_ piece: Piece, to file: borrowing OwnedDescriptor) throws(CopyFault) {
    try CopyFault.attempt(.destination, "write") { () throws(Errno) in
      try file.write(piece.bytes, at: Int64(piece.offset), count: piece.bytes.count)
    }
  }

  /// Gives the file everything else, and its name.
  func finish(_ file: borrowing OwnedDescriptor) throws(CopyFault) {
    // While the rest of the stream is still coming the disk has time.
    if !layout.extents.isEmpty { file.startWriting() }
    if replacesPart { try ObjectCopier.requireSameData(as: file, in: directory.value, name) }
    try properties.give(to: file)
    try CopyFault.attempt(.destination, "set the times of") { () throws(Errno) in
      try file.setTimes(access: access, modification: modification)
    }
    try ObjectCopier.check(file, record, layout)
    try CopyFault.attempt(.destination, "name") { () throws(Errno) in
      // What a power failure left of an earlier copy gives way to the whole one.
      if replacesPart { try directory.value.unlink(name) }
      try file.linkUnnamed(to: directory.value, name)
    }
  }

  /// The parts of a piece of data that lie in the runs.
  static func clipped(_ offset: UInt64, _ bytes: UnsafeRawBufferPointer, to runs: [DataExtent]) -> [Piece] {
    let end = offset + UInt64(bytes.count)
    // The first run that ends behind the beginning.
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].end <= offset { low = middle + 1 } else { high = middle }
    }
    var pieces: [Piece] = []
    for run in runs[low...] {
      if run.offset >= end { break }
      let (from, to) = (max(run.offset, offset), min(run.end, end))
      pieces.append(Piece(offset: from, bytes: Array(bytes[Int(from - offset)..<Int(to - offset)])))
    }
    return pieces
  }
}
