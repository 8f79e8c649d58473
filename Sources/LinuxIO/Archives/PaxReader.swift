// SPDX-License-Identifier: Apache-2.0
internal import CArchive
import Glibc
import SystemPackage

/// Reads a tar archive from a descriptor, through libarchive: pax, and what came before it. From one thread.
public final class PaxReader {
  private let archive: OpaquePointer
  private let source: Source
  private var hasEntry = false

  /// Where the bytes come from, and what became of them.
  private final class Source {
    let descriptor: CInt
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var failure: ArchiveFailure?
    /// Whether there is nothing more to read.
    var isAtEnd = false
    /// The bytes that were read: the last time, and in all.
    var lastCount = 0
    var count: Int64 = 0
    /// Bytes that may be read before the next entry is known; nil while data is read.
    var headerBytes: Int?
    init(_ descriptor: CInt) { self.descriptor = descriptor }
  }

  /// At most so many bytes of headers and maps belong to one entry: a map of a million runs fits, and one that is made to fill the
  /// memory does not.
  private static let headerLimit = 32 << 20

  /// Prepares to read; nothing is read yet.
  ///
  /// - Parameter descriptor: where it comes from; 0 for standard input.
  /// - Throws: ``ArchiveFailure``.
  public init(descriptor: CInt) throws(ArchiveFailure) {
    guard let archive = archive_read_new() else { throw .system(.noMemory) }
    self.archive = archive
    source = Source(descriptor)
    PipeCapacity.widen(descriptor)
    archive_read_support_format_tar(archive)
  }

  deinit { archive_read_free(archive) }

  private static func read(_ source: Source, _ pointer: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
    do throws(Errno) {
      guard try Readiness.wait(for: source.descriptor, POLLIN) else {
        source.failure = .interrupted
        return -1
      }
      let count = try call(.read) {
        source.buffer.withUnsafeMutableBytes { Glibc.read(source.descriptor, $0.baseAddress, $0.count) }
      }
      if count == 0 { source.isAtEnd = true }
      source.lastCount = count
      source.count += Int64(count)
      if let left = source.headerBytes {
        source.headerBytes = left - count
        if left < 0 {
          source.failure = .malformed("the header of an entry is longer than \(headerLimit) bytes")
          return -1
        }
      }
      // The buffer stays where it is: nobody else has it, and its length does not change.
      pointer.pointee = source.buffer.withUnsafeBytes { $0.baseAddress }
      return count
    } catch {
      source.failure = .system(error)
      return -1
    }
  }

  private func check(_ status: CInt) throws(ArchiveFailure) {
    if status == ARCHIVE_OK || status == ARCHIVE_WARN || status == ARCHIVE_EOF { return }
    if let failure = source.failure { throw failure }
    if source.isAtEnd { throw .malformed("it ends too early") }
    throw .malformed(archive_error_string(archive).map { String(cString: $0) } ?? "it is no tar archive")
  }

  /// The next entry; nil at the end.
  ///
  /// - Throws: ``ArchiveFailure``.
  public func next() throws(ArchiveFailure) -> PaxEntry? {
    // What nobody read of the last one.
    source.headerBytes = nil
    if hasEntry { try check(archive_read_data_skip(archive)) }
    source.headerBytes = Self.headerLimit
    if !hasEntry { try open() }
    hasEntry = true
    var entry: OpaquePointer?
    let status = archive_read_next_header(archive, &entry)
    source.headerBytes = nil
    try check(status)
    guard status != ARCHIVE_EOF, let entry else { return nil }
    return Self.facts(of: entry)
  }

  /// Reads what is behind the end of the archive, until the source ends: writers of tapes fill up with zeros, at most so many.
  ///
  /// - Throws: ``ArchiveFailure`` when there is anything else.
  public func finish() throws(ArchiveFailure) {
    let unread = source.count - archive_filter_bytes(archive, 0)
    guard 0...Int64(source.lastCount) ~= unread else { throw .malformed(Self.more) }
    var rest = source.buffer[(source.lastCount - Int(unread))..<source.lastCount].allSatisfy { $0 == 0 }
    var padding = 0
    while rest, !source.isAtEnd, padding <= Self.paddingLimit {
      var pointer: UnsafeRawPointer?
      let count = Self.read(source, &pointer)
      if count < 0 { throw source.failure ?? .malformed(Self.more) }
      padding += count
      rest = source.buffer[..<count].allSatisfy { $0 == 0 }
    }
    if !rest || padding > Self.paddingLimit { throw .malformed(Self.more) }
  }

  private static let more = "it goes on behind its end"
  private static let paddingLimit = 1 << 20

  /// Reads the first bytes, which libarchive judges.
  private func open() throws(ArchiveFailure) {
    let status = archive_read_open(
      archive, Unmanaged.passUnretained(source).toOpaque(), nil,
      { _, context, pointer in
        guard let context, let pointer else { return -1 }
        return PaxReader.read(Unmanaged<Source>.fromOpaque(context).takeUnretainedValue(), pointer)
      }, nil)
    try check(status)
  }

  private static func facts(of entry: OpaquePointer) -> PaxEntry {
    let path = archive_entry_pathname(entry).map {
      Array(UnsafeBufferPointer(start: $0, count: strlen($0)).lazy.map(UInt8.init(bitPattern:)))
    }
    let type = archive_entry_hardlink(entry) == nil ? UInt8(truncatingIfNeeded: archive_entry_filetype(entry) >> 12) : 0
    var facts = PaxEntry(path: path ?? [], kind: FileStatus.Kind(rawValue: type) ?? .unknown)
    facts.permissions = UInt16(truncatingIfNeeded: archive_entry_perm(entry)) & 0o7777
    facts.owner = UInt32(clamping: archive_entry_uid(entry))
    facts.group = UInt32(clamping: archive_entry_gid(entry))
    if archive_entry_mtime_is_set(entry) != 0 {
      facts.modification = time(Int64(archive_entry_mtime(entry)), archive_entry_mtime_nsec(entry))
    }
    if archive_entry_atime_is_set(entry) != 0 {
      facts.access = time(Int64(archive_entry_atime(entry)), archive_entry_atime_nsec(entry))
    }
    readAttributes(of: entry, &facts)
    guard facts.kind == .regular else { return facts }
    facts.size = UInt64(clamping: archive_entry_size(entry))
    readExtents(of: entry, &facts)
    return facts
  }

  private static func time(_ seconds: Int64, _ nanoseconds: Int) -> Timestamp {
    Timestamp(seconds: seconds, nanoseconds: UInt32(clamping: min(max(nanoseconds, 0), 999_999_999)))
  }

  private static func readAttributes(of entry: OpaquePointer, _ facts: inout PaxEntry) {
    archive_entry_xattr_reset(entry)
    // An archive has each in two forms.
    var known: Set<PaxEntry.Attribute> = []
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var count = 0
    while archive_entry_xattr_next(entry, &name, &value, &count) == ARCHIVE_OK {
      guard let name else { continue }
      let attribute = PaxEntry.Attribute(
        name: Array(UnsafeBufferPointer(start: name, count: strlen(name)).lazy.map(UInt8.init(bitPattern:))),
        value: Array(UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : count)))
      if known.insert(attribute).inserted { facts.attributes.append(attribute) }
    }
  }

  private static func readExtents(of entry: OpaquePointer, _ facts: inout PaxEntry) {
    guard facts.size > 0 else { return }
    // Without a map it has no holes.
    guard archive_entry_sparse_reset(entry) > 0 else {
      facts.extents = [DataExtent(offset: 0, length: facts.size)]
      return
    }
    var (offset, length): (Int64, Int64) = (0, 0)
    while archive_entry_sparse_next(entry, &offset, &length) == ARCHIVE_OK {
      guard length > 0 else { continue }
      facts.extents.append(DataExtent(offset: UInt64(clamping: offset), length: UInt64(clamping: length)))
    }
  }

  /// Lends the next piece of data of the entry, with its place in the file; false when there is no more.
  ///
  /// - Throws: ``ArchiveFailure``, also when the archive ends within the data.
  public func data(_ body: (UInt64, UnsafeRawBufferPointer) -> Void) throws(ArchiveFailure) -> Bool {
    var pointer: UnsafeRawPointer?
    var (count, offset): (Int, Int64) = (0, 0)
    let status = archive_read_data_block(archive, &pointer, &count, &offset)
    try check(status)
    if status == ARCHIVE_EOF { return false }
    if count > 0 { body(UInt64(clamping: offset), UnsafeRawBufferPointer(start: pointer, count: count)) }
    return true
  }
}
