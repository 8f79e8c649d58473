// SPDX-License-Identifier: Apache-2.0
package import CachefilesStore
import FoundationEssentials
import LinuxIO
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
    /// All files up to this one are done, by the order of the list; nil when none is.
    var mount: CachePath?
    var path: CachePath?
    /// What the files that are done came to, but for those that are wrong.
    var tally = VerifyTally()
    /// Those that were wrong: the next run compares them again.
    var wrong: [CachePath] = []
    /// Whether the run came to its end.
    var isFinished = false
  }

  static let schema = "cachefiles.verify-journal/1"
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
  private let written = Guarded<Duration>(.zero)
  private let watch = Stopwatch()

  /// Whether an earlier run is gone on with.
  package var isResumed: Bool { earlier != nil }

  /// Opens a journal, or makes one.
  ///
  /// - Parameters:
  ///   - seed: of the sample; nil for that of the journal, or any.
  ///   - fallback: the seed of a journal that begins.
  /// - Throws: ``StoreError`` when it cannot be read or written, lies in the cache, is of something else, or may have been written by
  ///   somebody else.
  package init(
    _ path: FilePath, of subject: Subject, in store: borrowing Store, seed: UInt64?, otherwise fallback: UInt64
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
    try write(State(subject: subject, seed: self.seed).going(on: earlier), isLast: true)
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
    guard let state = try? JSONDecoder().decode(State.self, from: Data(text)), state.schema == schema else {
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
    var state = State(subject: subject, seed: seed)
    if item == nil { state = state.going(on: earlier) }
    if let item {
      state.mount = CachePath(item.mountPoint)
      state.path = CachePath(item.path)
    }
    state.tally = tally
    state.wrong = wrong.map { CachePath($0) }
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
