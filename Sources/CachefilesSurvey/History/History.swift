// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import LinuxIO
package import SystemPackage

/// A directory in which the figures of a cache are kept, one line a run, in the file `stats.jsonl`.
///
/// A line is there whole or not at all: it is written at the end of the file, under the lock of the directory, and what a
/// crash or a full disk left of one is cut off, by the run that failed or by the next one. What else stands without a newline at the end
/// is not touched. Readers leave out a last line without a newline.
package struct History: ~Copyable {
  private let path: FilePath
  private let directory: OwnedDescriptor

  /// The file's name.
  package static let name = "stats.jsonl"
  /// The most bytes that a line can sensibly have.
  package static let longestLine = 64 << 10

  /// Opens the directory, and makes it where there is none. Nothing is written into the cache that it is about.
  ///
  /// - Throws: ``StoreError`` when it cannot be made or opened, or lies in the cache.
  package init(_ path: FilePath, about store: borrowing Store) throws(StoreError) {
    self.path = path
    do throws(Errno) { directory = try Self.open(path, store) } catch {
      throw StoreError(
        path: path.bytes, operation: "record in", error: error,
        note: error == .invalidArgument ? "it would lie in a cache" : nil)
    }
  }

  private static func open(_ path: FilePath, _ store: borrowing Store) throws(Errno) -> OwnedDescriptor {
    let parent = try OwnedDescriptor(directory: NewFile.parent(of: path), keepsAccessTime: false)
    if try store.forbids(parent) { throw .invalidArgument }
    _ = try OwnedDescriptor.makeDirectory(path: path, permissions: 0o755)
    let directory = try OwnedDescriptor(directory: path, keepsAccessTime: false)
    if try store.forbids(directory) { throw .invalidArgument }
    return directory
  }

  /// What stands behind the last newline of a file.
  package enum Tail: Sendable {
    /// A whole record, which lost its newline.
    case record
    /// What a crash or a full disk left of one.
    case remainder
    /// Something else, which is somebody's.
    case foreign
  }

  /// Appends a line, which ends with its newline, and waits until it is on the disk.
  ///
  /// - Parameter judge: says what stands behind the last newline, where something does.
  /// - Throws: ``StoreError``; the file is as it was.
  package func append(_ line: [UInt8], judgingTail judge: ([UInt8]) -> Tail) throws(StoreError) {
    do throws(Errno) {
      try takeLock()
      defer { directory.unlock() }
      try append(line, to: try openFile(), judge)
    } catch {
      throw StoreError(
        path: path.appending(Self.name).bytes, operation: "record in", error: error,
        note: error == .badMessage ? "it ends with something that is no record: move it away" : nil)
    }
  }

  /// Another run holds the lock for as long as it takes to write a line.
  private func takeLock() throws(Errno) {
    for _ in 0..<1000 {
      if Interruption.signal != nil { throw .interrupted }
      if try directory.lock() { return }
      Pause.microseconds(10_000)
    }
    throw .resourceBusy
  }

  private func openFile() throws(Errno) -> OwnedDescriptor {
    guard let name = EntryName(Array(Self.name.utf8)) else { throw .invalidArgument }
    do throws(Errno) { return try directory.open(name, .create(permissions: 0o644)) } catch {
      guard error == .fileExists else { throw error }
      let file = try directory.open(name, .write)
      guard try file.status().kind == .regular else { throw .invalidArgument }
      return file
    }
  }

  private func append(
    _ line: [UInt8], to file: borrowing OwnedDescriptor, _ judge: ([UInt8]) -> Tail
  ) throws(Errno) {
    let (ended, tail) = try Self.endOfLines(file, size: Int64(clamping: try file.status().size))
    var (line, end) = (line, ended)
    if !tail.isEmpty {
      switch judge(tail) {
      case .record: (line, end) = ([UInt8(ascii: "\n")] + line, ended + Int64(tail.count))
      case .remainder: break
      case .foreign: throw .badMessage
      }
    }
    do throws(Errno) {
      try file.truncate(to: end)
      try file.write(line, at: end, count: line.count)
      try file.synchronize()
      try directory.synchronize()
    } catch {
      do throws(Errno) { try file.truncate(to: end) } catch {}
      throw error
    }
  }

  /// Where the last line ends that has its newline, and what follows.
  private static func endOfLines(
    _ file: borrowing OwnedDescriptor, size: Int64
  ) throws(Errno) -> (end: Int64, tail: [UInt8]) {
    let start = max(0, size - Int64(longestLine))
    let found = try file.read(at: start, count: Int(size - start))
    guard let last = found.lastIndex(of: UInt8(ascii: "\n")) else {
      // So long a line is none of ours.
      guard start == 0 else { throw .fileTooLarge }
      return (0, found)
    }
    return (start + Int64(last) + 1, Array(found[(last + 1)...]))
  }
}
