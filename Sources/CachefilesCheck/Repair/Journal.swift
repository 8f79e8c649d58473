// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import FoundationEssentials
import LinuxIO
import SystemPackage

/// The journal of a repair: a file outside the cache, one JSON object a line. Each step is on the disk before it is made. After a failure
/// nothing is written any more: what stands in the file can be undone.
struct Journal: ~Copyable {
  let path: FilePath
  private let file: NewFile
  private let encoder: JSONEncoder
  /// The bytes up to the end of the last line that is whole.
  private var length: Int
  /// The sum of these bytes.
  private var sum: JournalSum
  private var failure: JournalFailure?

  /// Makes a new journal for a cache. An existing file is never touched, and no journal is made inside the cache.
  init(path: FilePath, of store: borrowing Store, started: Timestamp) throws(JournalFailure) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let header = JournalHeader(
      root: JournalPath(store.path), device: store.rootStatus.device, inode: store.rootStatus.inode,
      birth: try? store.root.birthTime(), handle: store.rootHandle, started: started)
    var sum = JournalSum()
    let line = sum.line(Self.encode(header, encoder))
    let file = try Self.makeFile(path, store, firstLine: line)
    self.path = path
    length = line.count
    self.sum = sum
    self.encoder = encoder
    self.file = file
  }

  private static func makeFile(
    _ path: FilePath, _ store: borrowing Store, firstLine: [UInt8]
  ) throws(JournalFailure) -> NewFile {
    do throws(Errno) {
      let parent = try openParent(of: path, store)
      // It has its name when its first line is on the disk: no empty journal is left where there is no room.
      let file = try NewFile(path)
      try file.file.append(firstLine)
      try file.file.synchronize()
      try file.keep()
      try parent.synchronize()
      return file
    } catch {
      throw failure(path, error)
    }
  }

  /// Why no journal could be made there: one line, before any work is begun. Nil when nothing speaks against it.
  static func obstacle(to path: FilePath, _ store: borrowing Store) -> String? {
    do throws(Errno) {
      let parent = try openParent(of: path, store)
      guard let component = path.lastComponent, let name = EntryName(FilePath(root: nil, [component]).bytes) else {
        throw .isDirectory
      }
      _ = try parent.status(of: name)
      throw .fileExists
    } catch {
      return error == .noSuchFileOrDirectory && hasParent(path) ? nil : failure(path, error).description
    }
  }

  private static func hasParent(_ path: FilePath) -> Bool {
    (try? OwnedDescriptor(directory: parentPath(of: path), keepsAccessTime: false)) != nil
  }

  private static func parentPath(of path: FilePath) -> FilePath {
    let directory = path.removingLastComponent()
    return directory.isEmpty ? "." : directory
  }

  private static func openParent(of path: FilePath, _ store: borrowing Store) throws(Errno) -> OwnedDescriptor {
    let parent = try OwnedDescriptor(directory: parentPath(of: path), keepsAccessTime: false)
    if try store.forbids(parent) { throw .invalidArgument }
    return parent
  }

  private static func failure(_ path: FilePath, _ error: Errno) -> JournalFailure {
    switch error {
    case .invalidArgument: JournalFailure(path, "a journal cannot be kept inside a cache")
    case .fileExists: JournalFailure(path, "exists already; each run needs a journal of its own")
    default: JournalFailure(path, "cannot make the journal: \(error)")
    }
  }

  /// Writes steps and waits until they are on the disk. What was written of them when that fails is taken back.
  ///
  /// - Throws: ``JournalFailure`` when they cannot be written, earlier ones could not be, or the file has gone: then no step may be made.
  mutating func write(_ steps: [JournalStep]) throws(JournalFailure) {
    if let failure { throw failure }
    let encoder = encoder
    var sum = sum
    let bytes = steps.flatMap { sum.line(Self.encode($0, encoder)) }
    let isInPlace: Bool
    do throws(Errno) { isInPlace = try self.isInPlace() } catch { throw fail("cannot look at the journal: \(error)") }
    guard isInPlace else { throw fail("the journal is gone, so that nothing more could be undone") }
    do throws(Errno) {
      try file.file.append(bytes)
      try file.file.synchronize()
      length += bytes.count
      self.sum = sum
    } catch {
      // A line that is cut off at the end of the file is none (``read(_:)``), should this fail, too.
      try? file.file.truncate(to: Int64(length))
      throw fail("cannot write the journal: \(error)")
    }
  }

  /// Whether the path still leads to the file.
  private func isInPlace() throws(Errno) -> Bool {
    let own = try file.file.status()
    do throws(Errno) {
      let found = try FileStatus.of(path)
      return found.inode == own.inode && found.device == own.device
    } catch {
      if error == .noSuchFileOrDirectory || error == .notDirectory { return false }
      throw error
    }
  }

  private mutating func fail(_ reason: String) -> JournalFailure {
    let made = JournalFailure(path, reason)
    failure = made
    return made
  }

  /// Ends the journal of a run that was not cut off. What cannot be written leaves it as one that was: then undo asks less of
  /// the last steps, which may have been made half.
  func finish(incomplete: [CachePath]) {
    guard failure == nil else { return }
    var sum = sum
    try? file.file.append(sum.line(Self.encode(JournalEnd(incomplete: incomplete), encoder)))
  }

  private static func encode(_ value: some Encodable, _ encoder: JSONEncoder) -> [UInt8] {
    // Numbers, texts and nothing else: this cannot fail.
    Array((try? encoder.encode(value)) ?? Data())
  }
}

extension Journal {
  /// What a journal holds.
  struct Contents: Equatable {
    var header: JournalHeader
    var steps: [JournalStep]
    /// Nil when the run was cut off.
    var end: JournalEnd?

    /// Whether a step may have been made half.
    func mayBeHalfDone(_ index: Int) -> Bool {
      end.map { $0.incomplete.contains(steps[index].path) } ?? (index >= steps.count - Repairer.longestBatch)
    }
  }

  /// Reads a journal. A last line that was cut off has no newline and is left out: its step was never made.
  static func read(_ path: FilePath) throws(JournalFailure) -> Contents {
    var parser = JournalParser(path)
    do throws(Errno) {
      let status = try FileStatus.of(path)
      // It tells a root process what to write where.
      guard status.owner == 0 || status.owner == CurrentProcess.user, status.permissions & 0o022 == 0 else {
        throw .permissionDenied
      }
      try UserFile.forEachLine(of: path, longest: longestLine) { parser.take($0) }
    } catch {
      if error == .fileTooLarge, parser.header == nil { throw JournalFailure(path, "is no journal of cachefiles-fsck") }
      let note = error == .permissionDenied ? " (a journal that others may have written is not believed)" : ""
      throw JournalFailure(path, "cannot read the journal: \(error)\(note)")
    }
    return try parser.finish()
  }

  /// The most bytes that a line can have: an attribute of 64 KiB, before and after, in hexadecimal, and paths.
  private static let longestLine = 1 << 20
}
