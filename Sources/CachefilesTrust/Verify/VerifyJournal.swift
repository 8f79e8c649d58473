// SPDX-License-Identifier: Apache-2.0
package import CachefilesStore
import FoundationEssentials
package import LinuxIO
import Synchronization
package import SystemPackage

/// How far a verification has come, in a file outside the cache, so that another run can go on. The file is replaced as a whole: a
/// run that is killed leaves the state of some seconds before.
package final class VerifyJournal: Sendable {
  /// What is compared: a journal of something else is not gone on with.
  package struct Subject: Codable, Sendable, Equatable {
    /// The cache directory.
    var root: CachePath
    var device: UInt64
    var inode: UInt64
    /// The paths that were asked for.
    var paths: [CachePath]
    var recursive: Bool
    /// The share of the sample.
    var share: Double

    /// Describes what is compared.
    package init(_ store: borrowing Store, _ paths: [[UInt8]], recursive: Bool, share: Double) {
      root = CachePath(store.path)
      device = store.rootStatus.device
      inode = store.rootStatus.inode
      self.paths = paths.map { CachePath($0) }
      self.recursive = recursive
      self.share = share
    }

    /// A number that stands for it, in hexadecimal: what a journal is called by.
    package var digest: String {
      let parts = [root] + paths
      let text = parts.flatMap { $0.bytes + [0] } + Array("\(device) \(inode) \(recursive) \(share)".utf8)
      return String(BlockSample.PathHash(text).value, radix: 16)
    }
  }

  /// The content.
  struct State: Codable, Sendable, Equatable {
    var schema = VerifyJournal.schema
    var subject: Subject
    var seed: UInt64
    /// What was compared and found right: for each object its inode, and when it was last changed (ctime) in nanoseconds since 1970, as two
    /// little-endian numbers of 64 bits. Neither paths nor places in a list stay those of a file.
    var done = Data()
    /// Whether the run came to its end.
    var isFinished = false
  }

  static let schema = "cachefiles.verify-journal/2"
  /// What was written without objects: nobody knows what has changed since, and a run begins anew.
  private static let former = "cachefiles.verify-journal/1"
  /// The least time between two writings; writing takes no more than a twentieth of it.
  private static let interval = Duration.seconds(5)
  private static let longest = 1 << 30

  /// Where it is.
  package let path: FilePath
  /// Whether an earlier run is gone on with.
  package let isResumed: Bool
  /// The seed of the sample.
  package let seed: UInt64
  private let subject: Subject
  /// An object that was changed later than this may be changed again in the same moment of its file system's clock.
  private let latest: Int64
  private let objects: Guarded<[UInt64: Int64]>
  private let due: Guarded<Duration>
  private let watch = Stopwatch()

  /// Opens a journal, or makes one.
  ///
  /// - Parameters:
  ///   - seed: of the sample; nil for that of the journal, or any.
  ///   - fallback: the seed of a journal that begins.
  ///   - now: the moment.
  /// - Throws: ``StoreError`` when it cannot be read or written, lies in the cache, is of something else, or may have been written by
  ///   somebody else.
  package init(
    _ path: FilePath, of subject: Subject, in store: borrowing Store, seed: UInt64?, otherwise fallback: UInt64,
    now: Timestamp = .now
  ) throws(StoreError) {
    self.path = path
    self.subject = subject
    let found: State?
    do throws(Errno) {
      let parent = try OwnedDescriptor(directory: NewFile.parent(of: path), keepsAccessTime: false)
      if try store.forbids(parent) { throw .invalidArgument }
      found = try Self.read(path)
    } catch {
      let note: String? =
        switch error {
        case .invalidArgument: "a journal cannot be kept inside a cache"
        case .permissionDenied: "a journal that others may have written is not believed"
        case .badMessage: "it is no journal of a verification"
        default: nil
        }
      throw StoreError(path: path.bytes, operation: "use the journal", error: error, note: note)
    }
    if let found, found.subject != subject, !found.isFinished {
      throw StoreError(
        path: path.bytes, operation: "use the journal", error: .fileExists,
        note: "it is of other paths or another cache, and not finished")
    }
    var earlier = found.flatMap { $0.isFinished || $0.subject != subject ? nil : $0 }
    // Another seed is another sample.
    if let seed, let known = earlier, known.seed != seed { earlier = nil }
    isResumed = earlier != nil
    self.seed = earlier?.seed ?? seed ?? fallback
    latest = (now - .seconds(1)).clampedNanoseconds
    objects = Guarded(earlier?.objects ?? [:])
    due = Guarded(Self.interval)
    try write(isFinished: false, isLast: true)
  }

  /// Takes note of a file that was compared and found right.
  func done(_ item: VerifyList.Item) {
    if item.objectChange < latest { objects.withLock { $0[item.inode] = item.objectChange } }
  }

  /// Whether a run has compared a file, and found it right, with its object as it is now.
  func hasDone(_ item: VerifyList.Item) -> Bool { objects.withLock { $0[item.inode] == item.objectChange } }

  private struct Kind: Codable {
    var schema: String
  }

  private static func read(_ path: FilePath) throws(Errno) -> State? {
    let text: [UInt8]
    do throws(Errno) {
      let status = try FileStatus.of(path)
      guard status.kind == .regular, status.owner == 0 || status.owner == CurrentProcess.user,
        status.permissions & 0o022 == 0
      else { throw .permissionDenied }
      text = try UserFile.read(path, limit: longest)
    } catch {
      if error == .noSuchFileOrDirectory { return nil }
      throw error
    }
    let decoder = JSONDecoder()
    if let kind = try? decoder.decode(Kind.self, from: Data(text)), kind.schema == former { return nil }
    guard let state = try? decoder.decode(State.self, from: Data(text)), state.schema == schema else {
      throw .badMessage
    }
    return state
  }

  /// Writes how far the run has come, when some time has passed since the last writing, or it is the end.
  ///
  /// - Parameters:
  ///   - isFinished: whether the next run begins anew.
  ///   - isLast: whether to write at once.
  /// - Throws: ``StoreError``.
  func write(isFinished: Bool, isLast: Bool) throws(StoreError) {
    try due.withLock { (due) throws(StoreError) in
      let begin = watch.elapsed
      if !isLast, begin < due { return }
      var state = State(subject: subject, seed: seed, isFinished: isFinished)
      if !isFinished { state.done = State.data(objects.withLock { $0 }) }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      // Numbers, texts and nothing else: this cannot fail.
      let text = Array((try? encoder.encode(state)) ?? Data()) + [UInt8(ascii: "\n")]
      do throws(Errno) { try NewFile.replace(path, with: text, isDurable: true) } catch {
        throw StoreError(path: path.bytes, operation: "write the journal", error: error)
      }
      due = watch.elapsed + max(Self.interval, (watch.elapsed - begin) * 20)
    }
  }
}

extension VerifyJournal.State {
  /// The objects and their times; none where the bytes are no pairs of numbers.
  var objects: [UInt64: Int64] {
    let bytes = Array(done)
    guard bytes.count % 16 == 0 else { return [:] }
    var objects: [UInt64: Int64] = [:]
    objects.reserveCapacity(bytes.count / 16)
    for start in stride(from: 0, to: bytes.count, by: 16) {
      objects[Self.number(bytes[start..<start + 8])] = Int64(bitPattern: Self.number(bytes[start + 8..<start + 16]))
    }
    return objects
  }

  fileprivate static func data(_ objects: [UInt64: Int64]) -> Data {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(objects.count * 16)
    for (inode, time) in objects.sorted(by: { $0.key < $1.key }) {
      for number in [inode, UInt64(bitPattern: time)] {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
      }
    }
    return Data(bytes)
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
