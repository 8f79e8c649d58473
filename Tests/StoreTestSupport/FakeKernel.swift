// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import Glibc
package import LinuxIO
import Synchronization
package import SystemPackage

/// Does what `/dev/cachefiles` does with a command: it acts on a name in the working directory of the calling thread, and
/// checks nothing of that directory. It keeps note of where that was.
package final class FakeKernel: CommandDevice {
  /// A directory in which a command was given.
  package struct Place: Hashable, Sendable {
    package var device: UInt64
    package var inode: UInt64

    package init(device: UInt64, inode: UInt64) {
      self.device = device
      self.inode = inode
    }
  }

  /// Names that are in use.
  package let busy = Guarded<Set<[UInt8]>>([])
  /// Names that cannot be removed.
  package let firm = Guarded<Set<[UInt8]>>([])
  /// Where commands were given, and how many.
  package let places = Guarded<[Place: Int]>([:])
  /// The names that were culled, in order.
  package let culled = Guarded<[[UInt8]]>([])
  /// Whether `cull` only answers and leaves everything as it is.
  package let onlyAnswers: Bool
  /// Whether to keep note of what was culled and where.
  private let keepsNotes: Bool
  /// Answers another error for the command with this ordinal, from 1; for all with 0. With EIO it is dead from there on.
  package let failure: (ordinal: Int, error: Errno)?
  /// The name that comes into use when it is to be culled, or that cannot be removed: the kernel answers EIO, and goes on.
  package let stumbles: (name: [UInt8], isUsed: Bool)?
  private let count = Atomic<Int>(0)
  /// Called before each command.
  package let onCommand: @Sendable (Int) -> Void

  package init(
    onlyAnswers: Bool = false, keepsNotes: Bool = true, failure: (ordinal: Int, error: Errno)? = nil,
    stumbles: (name: [UInt8], isUsed: Bool)? = nil, onCommand: @escaping @Sendable (Int) -> Void = { _ in }
  ) {
    self.onlyAnswers = onlyAnswers
    self.keepsNotes = keepsNotes
    self.failure = failure
    self.stumbles = stumbles
    self.onCommand = onCommand
  }

  package func command(_ bytes: [UInt8]) throws(Errno) {
    let number = count.add(1, ordering: .relaxed).newValue
    onCommand(number)
    let words = bytes.split(separator: 32, maxSplits: 1).map(Array.init)
    guard words.count == 2, !words[1].contains(UInt8(ascii: "/")) else { throw .invalidArgument }
    var here = stat()
    guard stat(".", &here) == 0 else { throw .notDirectory }
    // As ``FileStatus/device`` has it, from what makedev(3) makes of a small number.
    let device = UInt64(here.st_dev >> 8 & 0xfff) << 32 | UInt64(here.st_dev & 0xff)
    if keepsNotes { places.withLock { $0[Place(device: device, inode: UInt64(here.st_ino)), default: 0] += 1 } }
    if let failure, failure.ordinal == number || failure.ordinal == 0 { throw failure.error }
    if let failure, failure.error == .ioError, failure.ordinal < number { throw failure.error }
    let name = words[1]
    let terminated = name.map { CChar(bitPattern: $0) } + [0]
    var entry = stat()
    guard lstat(terminated, &entry) == 0 else { throw .noSuchFileOrDirectory }
    // The directories of the cache itself are marked.
    if name == Array("cache".utf8) || name == Array("graveyard".utf8) { throw .resourceBusy }
    if busy.withLock({ $0.contains(name) }) { throw .resourceBusy }
    guard words[0] == Array("cull".utf8) else { return }
    if firm.withLock({ $0.contains(name) }) { throw .notPermitted }
    if let stumbles, stumbles.name == name {
      if stumbles.isUsed { busy.withLock { _ = $0.insert(name) } }
      throw .ioError
    }
    if keepsNotes { culled.withLock { $0.append(name) } }
    if onlyAnswers { return }
    if entry.st_mode & S_IFMT == S_IFDIR {
      // The graveyard is beside `cache`, in whose place a volume stands.
      guard rename(terminated, "../graveyard/\(String(number, radix: 16))") == 0 else { throw Errno(rawValue: errno) }
    } else {
      guard unlink(terminated) == 0 else { throw Errno(rawValue: errno) }
    }
  }
}
