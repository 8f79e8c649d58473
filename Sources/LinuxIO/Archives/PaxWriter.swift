// SPDX-License-Identifier: Apache-2.0
internal import CArchive
import Glibc
import SystemPackage

/// Writes a pax archive (POSIX.1-2001) to a descriptor, through libarchive. Holes are told by the map of GNU tar's format 1.0, extended
/// attributes by the records that GNU tar and libarchive read.
///
/// From one thread at a time. An entry that is not written whole makes the archive end there for every reader.
public final class PaxWriter: @unchecked Sendable {
  private let archive: OpaquePointer
  private let entry: OpaquePointer
  private let sink: Sink
  /// How far the data of the current file has been written, holes included, and its length.
  private var position: UInt64 = 0
  private var size: UInt64 = 0

  /// Where the bytes go, and what became of them.
  private final class Sink {
    let descriptor: CInt
    var failure: ArchiveFailure?
    init(_ descriptor: CInt) { self.descriptor = descriptor }
  }

  /// Begins an archive.
  ///
  /// - Parameter descriptor: where it goes; 1 for standard output.
  /// - Throws: ``ArchiveFailure`` when there is no memory.
  public init(descriptor: CInt) throws(ArchiveFailure) {
    guard let archive = archive_write_new() else { throw .system(.noMemory) }
    guard let entry = archive_entry_new() else {
      archive_write_free(archive)
      throw .system(.noMemory)
    }
    self.archive = archive
    self.entry = entry
    sink = Sink(descriptor)
    archive_write_set_format_pax(archive)
    // The one form of attributes that both readers know; GNU tar complains of libarchive's own.
    archive_write_set_format_option(archive, "pax", "xattrheader", "SCHILY")
    archive_write_set_bytes_per_block(archive, 1 << 20)
    archive_write_set_bytes_in_last_block(archive, 1)
    let status = archive_write_open(
      archive, Unmanaged.passUnretained(sink).toOpaque(), nil,
      { _, context, buffer, count in
        guard let context, let buffer else { return -1 }
        return PaxWriter.write(buffer, count, to: Unmanaged<Sink>.fromOpaque(context).takeUnretainedValue())
      }, nil)
    try check(status)
  }

  deinit {
    // Without the end of an archive: who wants that calls finish().
    archive_write_fail(archive)
    archive_write_free(archive)
    archive_entry_free(entry)
  }

  private static func write(_ buffer: UnsafeRawPointer, _ count: Int, to sink: Sink) -> Int {
    let bytes = UnsafeRawBufferPointer(start: buffer, count: count)
    do throws(Errno) {
      try bytes.withMemoryRebound(to: UInt8.self) { (bytes) throws(Errno) in
        try OwnedDescriptor.appendPatiently(bytes.span, to: sink.descriptor)
      }
      if Interruption.signal == nil { return count }
      sink.failure = .interrupted
    } catch {
      sink.failure = error == .interrupted ? .interrupted : .system(error)
    }
    return -1
  }

  private func check(_ status: CInt) throws(ArchiveFailure) {
    if status == ARCHIVE_OK || status == ARCHIVE_WARN { return }
    if let failure = sink.failure { throw failure }
    throw .malformed(archive_error_string(archive).map { String(cString: $0) } ?? "the archive cannot be written")
  }

  /// Begins an entry. The data of all its runs must follow, in their order.
  ///
  /// - Throws: ``ArchiveFailure``.
  public func begin(_ facts: PaxEntry) throws(ArchiveFailure) {
    archive_entry_clear(entry)
    (facts.path + [0]).withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { archive_entry_set_pathname(entry, $0.baseAddress) }
    }
    archive_entry_set_mode(entry, mode_t(facts.kind.rawValue) << 12 | mode_t(facts.permissions))
    archive_entry_set_uid(entry, Int64(facts.owner))
    archive_entry_set_gid(entry, Int64(facts.group))
    archive_entry_set_size(entry, Int64(clamping: facts.size))
    if let time = facts.modification { archive_entry_set_mtime(entry, Int(time.seconds), Int(time.nanoseconds)) }
    if let time = facts.access { archive_entry_set_atime(entry, Int(time.seconds), Int(time.nanoseconds)) }
    for attribute in facts.attributes {
      (attribute.name + [0]).withUnsafeBufferPointer { name in
        name.withMemoryRebound(to: CChar.self) { name in
          attribute.value.withUnsafeBytes {
            archive_entry_xattr_add_entry(entry, name.baseAddress, $0.baseAddress, $0.count)
          }
        }
      }
    }
    if facts.kind == .regular, facts.size > 0 { describeHoles(facts) }
    (position, size) = (0, facts.kind == .regular ? facts.size : 0)
    try check(archive_write_header(archive, entry))
  }

  private func describeHoles(_ facts: PaxEntry) {
    // A file without any run is one hole; libarchive takes an empty map for a file without holes.
    if facts.extents.isEmpty { archive_entry_sparse_add_entry(entry, 0, 0) }
    for run in facts.extents { archive_entry_sparse_add_entry(entry, Int64(run.offset), Int64(run.length)) }
  }

  /// Writes data of the entry's next run.
  ///
  /// - Parameter offset: where in the file it is.
  /// - Throws: ``ArchiveFailure``.
  public func write(_ bytes: [UInt8], at offset: UInt64) throws(ArchiveFailure) {
    try skip(to: offset)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        archive_write_data(archive, buffer.baseAddress.map { $0 + done }, buffer.count - done)
      }
      guard count > 0 else {
        try check(CInt(clamping: count))
        throw .malformed("more data than the entry has room for")
      }
      done += count
    }
    position = offset + UInt64(bytes.count)
  }

  /// Goes over a hole: libarchive counts its bytes, and looks at none of them. It takes no more than 2 GiB at once, so that exbibytes
  /// need half a minute each.
  private func skip(to offset: UInt64) throws(ArchiveFailure) {
    while position < offset {
      if Interruption.signal != nil { throw .interrupted }
      let count = archive_write_data(archive, PaxWriter.zeros.pointer, Int(min(offset - position, PaxWriter.zeroCount)))
      guard count > 0 else {
        try check(CInt(clamping: count))
        throw .malformed("a hole where the entry has none")
      }
      position += UInt64(count)
    }
  }

  /// So many bytes of a hole are gone over at once.
  private static let zeroCount: UInt64 = 1 << 30
  /// Address space that reads as zeros and occupies nothing.
  private static let zeros = Zeros()

  private struct Zeros: @unchecked Sendable {
    let pointer = mmap(
      nil, Int(zeroCount), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
  }

  /// Ends an entry whose data has all been written.
  ///
  /// - Throws: ``ArchiveFailure``.
  public func end() throws(ArchiveFailure) {
    // libarchive writes the map with the first byte that it is given, also where that is of a hole. The rest of a hole at the end, which
    // may have exbibytes, it goes over by itself.
    if position < size { try skip(to: position + 1) }
    try check(archive_write_finish_entry(archive))
  }

  /// Ends the archive.
  ///
  /// - Throws: ``ArchiveFailure``.
  public func finish() throws(ArchiveFailure) { try check(archive_write_close(archive)) }
}
