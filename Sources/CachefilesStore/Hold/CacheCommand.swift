// SPDX-License-Identifier: Apache-2.0
import LinuxIO
package import SystemPackage

/// A command about one entry (`cachefiles_daemon_cull`, `cachefiles_daemon_inuse`; fs/cachefiles/daemon.c).
package enum CacheCommand: String, Sendable {
  /// Remove it if nobody uses it: a file is unlinked, a directory goes to the graveyard.
  case cull
  /// Whether somebody uses it.
  case inuse

  /// The bytes that are written.
  func bytes(_ name: EntryName) -> [UInt8] { Array(rawValue.utf8) + [UInt8(ascii: " ")] + name.bytes }

  /// Gives it to a device.
  ///
  /// `cachefiles_cull` (fs/cachefiles/namei.c) makes EIO of every other error too, with "Internal error" in the kernel's log: of EBUSY, when the
  /// entry came into use after it was looked up, and of what the file system refuses. The cache goes on after that, and takes the entry for
  /// one in use as long as its inode is in memory. A cache that is dead answers EIO to the other command as well.
  func give(_ name: EntryName, to device: any CommandDevice) -> Answer {
    let answer = ask(name, device)
    guard self == .cull, answer == .withdrawn else { return answer }
    let use = Self.inuse.ask(name, device)
    return use == .done ? .failed(.ioError) : use
  }

  private func ask(_ name: EntryName, _ device: any CommandDevice) -> Answer {
    do throws(Errno) {
      try device.command(bytes(name))
      return .done
    } catch {
      return Answer(error)
    }
  }

  /// What came of it.
  package enum Answer: Sendable, Equatable {
    /// Done; of ``CacheCommand/inuse``: nobody uses it.
    case done
    /// EBUSY: it is in use, or something is mounted there.
    case inUse
    /// ESTALE, ENOENT: it is gone.
    case gone
    /// EIO of both commands: the cache is dead, or dies of this.
    case withdrawn
    /// Anything else.
    case failed(Errno)

    init(_ error: Errno?) {
      switch error {
      case nil: self = .done
      case .resourceBusy?: self = .inUse
      case .staleNFSFileHandle?, .noSuchFileOrDirectory?: self = .gone
      case .ioError?: self = .withdrawn
      case .some(let error): self = .failed(error)
      }
    }
  }
}
