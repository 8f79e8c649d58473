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
    /// When the first run began, in nanoseconds since 1970: what was changed since then was not compared.
    var began: Int64
    /// The mounts that are done, in the order of the list, the last of them up to the object below.
    var mounts: [CachePath] = []
    /// All files up to this one are done, by the inode of their object and their path; nil when none is.
    var inode: UInt64?
    var path: CachePath?
    /// What the files that are done came to, but for those that are wrong.
    var tally = VerifyTally()
    /// Those that were wrong: the next run compares them again.
    var wrong: [CachePath] = []
    /// The inodes of objects that there was nothing to compare of, as their records were not those of their files.
    var passed: [UInt64] = []
    /// How often looking for files failed, or could not be written down here: files may have been left out.
    var gaps = 0
    /// Whether the run came to its end.
    var isFinished = false
  }

  static let schema = "cachefiles.verify-journal/2"
  /// What was written without a time: nobody knows what has changed since, and a run begins anew.
  private static let untimed = "cachefiles.verify-journal/1"
  /// More objects than these are not written down.
  private static let mostPassed = 100_000
  /// So many seconds lie between two writings.
  private static let interval = Duration.seconds(5)
  private static let longest = 256 << 20

  /// Where it is.
  package let path: FilePath
  /// What an earlier run had come to; nil when this one begins anew.
  let earlier: State?
  /// The seed of the sample.
  package let seed: UInt64
  private let subject: Subject
  private let began: Int64
  private let listed = Guarded(Listed())
  private let written = Guarded<Duration>(.zero)
  private let watch = Stopwatch()

  /// What looking for files came to.
  private struct Listed {
    var mounts: [[UInt8]] = []
    var passed: Set<UInt64> = []
    var gaps = 0
  }

  /// Whether an earlier run is gone on with.
  package var isResumed: Bool { earlier != nil }

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
    self.earlier = earlier
    self.seed = earlier?.seed ?? seed ?? fallback
    // The clock of file systems is some milliseconds behind.
    began = earlier?.began ?? (now - .seconds(1)).clampedNanoseconds
    listed.withLock {
      $0.passed = Set(earlier?.passed ?? [])
      $0.gaps = earlier?.gaps ?? 0
    }
    try write(State(subject: subject, seed: self.seed, began: began).going(on: earlier), isLast: true)
  }

  /// Takes note of an object that there is nothing to compare of, as it is.
  func pass(_ inode: UInt64) {
    listed.withLock { listed in
      if listed.passed.count < Self.mostPassed {
        listed.passed.insert(inode)
      } else if !listed.passed.contains(inode) {
        listed.gaps += 1
      }
    }
  }

  /// Takes note of the mounts of the list, in its order, and of how often looking for files failed.
  func list(mounts: [[UInt8]], failures: Int) {
    listed.withLock {
      $0.mounts = mounts
      $0.gaps += failures
    }
  }

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
    if let kind = try? decoder.decode(Kind.self, from: Data(text)), kind.schema == untimed { return nil }
    guard let state = try? decoder.decode(State.self, from: Data(text)), state.schema == schema else {
      throw .badMessage
    }
    return state
  }

  /// Writes how far the run has come, when some time has passed since the last writing, or it is the end.
  ///
  /// - Parameter isLast: whether to write at once.
  /// - Throws: ``StoreError``.
  func write(
    through item: VerifyList.Item?, _ tally: VerifyTally, wrong: [[UInt8]], isFinished: Bool, isLast: Bool
  ) throws(StoreError) {
    var state = State(subject: subject, seed: seed, began: began)
    if item == nil { state = state.going(on: earlier) }
    let listed = listed.withLock { $0 }
    if let item {
      let last = listed.mounts.firstIndex(of: item.mountPoint) ?? -1
      state.mounts = listed.mounts.prefix(last + 1).map { CachePath($0) }
      state.inode = item.inode
      state.path = CachePath(item.path)
    }
    (state.passed, state.gaps) = (listed.passed.sorted(), listed.gaps)
    state.tally = tally
    // Nothing was done: what an earlier run found wrong has not been looked at again.
    let known = item == nil ? earlier?.wrong.map(\.bytes) ?? [] : []
    state.wrong = Set(wrong + known).sorted { $0.lexicographicallyPrecedes($1) }.map { CachePath($0) }
    state.isFinished = isFinished
    try write(state, isLast: isLast)
  }

  private func write(_ state: State, isLast: Bool) throws(StoreError) {
    try written.withLock { (written) throws(StoreError) in
      if !isLast, watch.elapsed - written < Self.interval { return }
      written = watch.elapsed
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      // Numbers, texts and nothing else: this cannot fail.
      let text = Array((try? encoder.encode(state)) ?? Data()) + [UInt8(ascii: "\n")]
      do throws(Errno) { try NewFile.replace(path, with: text, isDurable: true) } catch {
        throw StoreError(path: path.bytes, operation: "write the journal", error: error)
      }
    }
  }

  /// Whether the interval between two writings is over.
  var isDue: Bool { written.withLock { watch.elapsed - $0 >= Self.interval } }
}

extension VerifyJournal.State {
  /// The state with how far an earlier run had come.
  fileprivate func going(on earlier: VerifyJournal.State?) -> VerifyJournal.State {
    guard let earlier else { return self }
    var state = earlier
    state.isFinished = false
    return state
  }
}
