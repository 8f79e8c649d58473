// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
package import LinuxIO
package import SystemPackage

/// What is cached of a file, written to a file of its own: a dirty object may hold what no server ever got.
///
/// The output has the length that the record gives the netfs file, data where the object has data, and holes
/// elsewhere. What the object holds beyond the end of the file is left out, unless it is dirty: its record has the length
/// of the time when it was marked, and what was appended since then is nowhere else.
package struct Extraction: Sendable, Equatable {
  /// The object's path.
  package var object: [UInt8]
  /// The length of the output in bytes.
  package var fileBytes: UInt64
  /// The runs of data that were written.
  package var extents: [DataExtent]
  /// Whether the object's record is marked dirty.
  package var isDirty: Bool
  /// Why the output has the object's own length: what is wrong with its record. Nil when the record gave the length.
  package var recordDefect: String?

  /// Bytes that were written.
  package var dataBytes: UInt64 { extents.reduce(0) { $0 + $1.length } }

  /// Copies an object's data into a new file. Reads without changing the object's access time.
  ///
  /// - Throws: ``StoreError`` naming the file that could not be read, made or written: EEXIST where there is one of that name,
  ///   EINVAL inside the cache. Then no part of a file is left.
  package init(of path: FilePath, to output: FilePath) throws(StoreError) {
    let file = try Self.open(path)
    let status = try Self.attempt(path.bytes, "look at") { () throws(Errno) in try file.status() }
    guard status.kind == .regular else {
      throw StoreError(
        path: path.bytes, operation: "extract", error: .invalidArgument, note: "it is \(status.kind.words)")
    }
    object = path.bytes
    fileBytes = status.size
    let value = try Self.attempt(path.bytes, "read the cache attribute") { () throws(Errno) in
      try file.attribute(CacheAttribute.name)
    }
    let position = try Self.position(of: path)
    if value == nil { try Self.requireObject(path, position) }
    let bytes = value ?? []
    if case .legacy = position {
      // Its records tell no length; the object has that of the file.
      isDirty = Dirtiness(inLegacyTree: bytes.span) == .dirty
      recordDefect = nil
      extents = []
      try write(file, status, to: output)
      return
    }
    isDirty = Dirtiness(record: bytes.span) == .dirty
    do throws(ObjectRecord.Failure) {
      let record = try ObjectRecord(parsing: bytes.span)
      if record.objectSize < 1 << 63 {
        fileBytes = record.objectSize
      } else {
        recordDefect = "its record gives an impossible size"
      }
    } catch {
      recordDefect = value == nil ? "it has no record" : "its record cannot be read: \(error)"
    }
    if isDirty, recordDefect == nil, try Self.isLonger(file, status, than: fileBytes, path.bytes) {
      fileBytes = status.size
      recordDefect = "it is dirty and holds more than its record says; its last bytes may be padding"
    }
    extents = []
    try write(file, status, to: output)
  }

  /// Writes as much of the object's data as lies within the length of the output.
  private mutating func write(
    _ file: borrowing OwnedDescriptor, _ status: FileStatus, to output: FilePath
  ) throws(StoreError) {
    let (object, limit) = (object, fileBytes)
    extents = try Self.attempt(object, "find the data of") { () throws(Errno) in
      try file.dataExtents(size: status.size)
    }.compactMap { run in
      run.offset < limit ? DataExtent(offset: run.offset, length: min(run.end, limit) - run.offset) : nil
    }
    try Self.refuseCache(of: FilePath(bytes: object), output)
    let draft = try Self.attempt(output.bytes, "make the file") { () throws(Errno) in try NewFile(output) }
    for extent in extents { try Self.copy(extent, from: file, object, to: draft.file, output.bytes) }
    try Self.attempt(output.bytes, "write") { () throws(Errno) in
      try draft.file.truncate(to: Int64(limit))
      try draft.file.synchronize()
      try draft.keep()
    }
  }

  /// What the place is, with its directories resolved.
  private static func position(of path: FilePath) throws(StoreError) -> StorePath {
    let (parent, name) = Inspection.split(path.bytes)
    let resolved = try attempt(path.bytes, "find the directory of") { () throws(Errno) in
      try OwnedDescriptor(directory: FilePath(bytes: parent)).resolvedPath
    }
    return StorePath((resolved ?? parent).appending(component: name?.bytes ?? []).span)
  }

  /// What has no record and does not stand where objects do is none.
  private static func requireObject(_ path: FilePath, _ position: StorePath) throws(StoreError) {
    switch position {
    case .object, .legacy, .buried: return
    case .fanout, .volume, .bare, .other:
      throw StoreError(
        path: path.bytes, operation: "extract", error: .invalidArgument, note: "it is no object of a cache")
    }
  }

  /// Nothing of ours is written inside a cache.
  private static func refuseCache(of path: FilePath, _ output: FilePath) throws(StoreError) {
    let location = ObjectLocation(path.bytes)
    let isInside = try attempt(output.bytes, "make the file") { () throws(Errno) in
      let parent = try OwnedDescriptor(directory: NewFile.parent(of: output), keepsAccessTime: false)
      if try Containment.isInSomeCache(parent) { return true }
      guard let location else { return false }
      let cache = try OwnedDescriptor(directory: location.root.isEmpty ? "." : FilePath(bytes: location.root))
      return try Containment.isAtOrBelow(parent, cache)
    }
    if isInside {
      throw StoreError(
        path: output.bytes, operation: "make the file", error: .invalidArgument, note: "it would lie in a cache")
    }
  }

  /// Whether an object holds something behind the end that its record tells: more than zeros in the last block.
  private static func isLonger(
    _ file: borrowing OwnedDescriptor, _ status: FileStatus, than size: UInt64, _ path: [UInt8]
  ) throws(StoreError) -> Bool {
    guard let end = ObjectRecord.fileSize(forObjectSize: size), end <= Int64.max else { return false }
    if status.size > end { return true }
    return try attempt(path, "read") { () throws(Errno) in
      try file.read(at: Int64(size), count: Int(end - size)).contains { $0 != 0 }
    }
  }

  private static func open(_ path: FilePath) throws(StoreError) -> OwnedDescriptor {
    let (parentPath, name) = Inspection.split(path.bytes)
    do throws(Errno) {
      guard let name else { throw .isDirectory }
      return try OwnedDescriptor(directory: FilePath(bytes: parentPath)).open(name, .inspect)
    } catch {
      // The kernel's words for a link that is not followed speak of levels.
      if error == .tooManySymbolicLinkLevels {
        throw StoreError(
          path: path.bytes, operation: "extract", error: .invalidArgument,
          note: "it is \(FileStatus.Kind.symlink.words)")
      }
      throw StoreError(path: path.bytes, operation: "open", error: error)
    }
  }

  private static func copy(
    _ extent: DataExtent, from file: borrowing OwnedDescriptor, _ path: [UInt8], to copy: borrowing OwnedDescriptor,
    _ output: [UInt8]
  ) throws(StoreError) {
    var offset = extent.offset
    while offset < extent.end {
      let bytes: [UInt8]
      do throws(Errno) {
        bytes = try file.read(at: Int64(offset), count: Int(min(extent.end - offset, 1 << 20)))
        if bytes.isEmpty { throw .noData }
      } catch {
        throw StoreError(path: path, operation: "read", error: error)
      }
      do throws(Errno) { try copy.write(bytes, at: Int64(offset), count: bytes.count) } catch {
        throw StoreError(path: output, operation: "write", error: error)
      }
      offset += UInt64(bytes.count)
    }
  }

  private static func attempt<R: ~Copyable>(
    _ path: [UInt8], _ operation: String, _ body: () throws(Errno) -> R
  ) throws(StoreError) -> R {
    do throws(Errno) { return try body() } catch {
      throw StoreError(path: path, operation: operation, error: error)
    }
  }
}
