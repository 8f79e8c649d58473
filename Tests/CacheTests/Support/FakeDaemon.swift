// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import LinuxIO
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesStore

/// Does what `/dev/cachefiles` does with a command: it acts on a name in the working directory of the calling thread, and
/// checks nothing of that directory. It keeps note of where that was.
final class FakeKernel: CommandDevice {
  /// A directory in which a command was given.
  struct Place: Hashable, Sendable {
    var device: UInt64
    var inode: UInt64
  }

  /// Names that are in use.
  let busy = Mutex<Set<[UInt8]>>([])
  /// Where commands were given, and how many.
  let places = Mutex<[Place: Int]>([:])
  /// The names that were culled, in order.
  let culled = Mutex<[[UInt8]]>([])
  /// Whether `cull` only answers and leaves everything as it is.
  let onlyAnswers: Bool
  /// Answers another error for the command with this ordinal, from 1; for all with 0.
  let failure: (ordinal: Int, error: Errno)?
  private let count = Atomic<Int>(0)
  /// Called before each command.
  let onCommand: @Sendable (Int) -> Void

  init(
    onlyAnswers: Bool = false, failure: (ordinal: Int, error: Errno)? = nil,
    onCommand: @escaping @Sendable (Int) -> Void = { _ in }
  ) {
    self.onlyAnswers = onlyAnswers
    self.failure = failure
    self.onCommand = onCommand
  }

  func command(_ bytes: [UInt8]) throws(Errno) {
    let number = count.add(1, ordering: .relaxed).newValue
    onCommand(number)
    let words = bytes.split(separator: 32, maxSplits: 1).map(Array.init)
    guard words.count == 2, !words[1].contains(UInt8(ascii: "/")) else { throw .invalidArgument }
    var here = stat()
    guard stat(".", &here) == 0 else { throw .notDirectory }
    // As ``FileStatus/device`` has it, from what makedev(3) makes of a small number.
    let device = UInt64(here.st_dev >> 8 & 0xfff) << 32 | UInt64(here.st_dev & 0xff)
    places.withLock { $0[Place(device: device, inode: UInt64(here.st_ino)), default: 0] += 1 }
    if let failure, failure.ordinal == number || failure.ordinal == 0 { throw failure.error }
    let name = words[1]
    let terminated = name.map { CChar(bitPattern: $0) } + [0]
    var entry = stat()
    guard lstat(terminated, &entry) == 0 else { throw .noSuchFileOrDirectory }
    // The directories of the cache itself are marked.
    if name == Array("cache".utf8) || name == Array("graveyard".utf8) { throw .resourceBusy }
    if busy.withLock({ $0.contains(name) }) { throw .resourceBusy }
    guard words[0] == Array("cull".utf8) else { return }
    culled.withLock { $0.append(name) }
    if onlyAnswers { return }
    if entry.st_mode & S_IFMT == S_IFDIR {
      // The graveyard is beside `cache`, in whose place a volume stands.
      guard rename(terminated, "../graveyard/\(String(number, radix: 16))") == 0 else { throw Errno(rawValue: errno) }
    } else {
      guard unlink(terminated) == 0 else { throw Errno(rawValue: errno) }
    }
  }
}

/// A process that has a file open in the place of `/dev/cachefiles`, and the tables of a kernel that has one cache.
final class FakeDaemon: Sendable {
  let scratch: ScratchDirectory
  let kernel: FakeKernel
  private let process: Mutex<pid_t>

  init(_ scratch: ScratchDirectory, _ kernel: FakeKernel = FakeKernel(), caches: String? = nil) throws {
    self.scratch = scratch
    self.kernel = kernel
    try scratch.write("device")
    try scratch.write("caches", Array((caches ?? Self.table).utf8))
    process = Mutex(try FileHolder.start(scratch.path("device").string).processIdentifier)
  }

  deinit { end() }

  /// The kernel's table of caches with one that is in use.
  static let table = """
    CACHE    REF   VOLS  OBJS  ACCES S NAME
    ======== ===== ===== ===== ===== = ===============
    00000001    2    1     5     1 A fake

    """

  /// Its number.
  var identifier: Int { Int(process.withLock { $0 }) }

  /// Ends the process as a crash does, and waits until its files are closed.
  func end() {
    process.withLock { process in
      guard process > 0 else { return }
      kill(process, SIGKILL)
      while FileManager.default.fileExists(atPath: "/proc/\(process)/fd/7") { usleep(1000) }
      process = 0
    }
  }

  /// Where the tables and the process are.
  var sources: LivenessSources {
    var sources = LivenessSources(kernel: KernelRelease(6, 12), caches: scratch.path("caches"))
    sources.device = scratch.path("device").string
    sources.volumes = scratch.path("volumes")
    let kernel = kernel
    sources.makeDevice = { _ in kernel }
    return sources
  }

  /// Runs code in a world where the cache is in use: `rmdir` of its directories answers EBUSY.
  static func inUse<T>(_ body: () throws -> T) rethrows -> T {
    try FaultPlan(failing: .rmdir, ordinal: 0, with: .resourceBusy).run(body)
  }
}
