// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
import CachefilesStore
import LinuxIO
import Synchronization
import SystemPackage

/// A volume in which the objects of a mount can lie. Its fanout directories stay open, because they are asked for again and again,
/// by several threads.
package final class MountVolume: Sendable {
  /// How it is known.
  package let candidate: VolumeCandidate
  /// Whether the mount uses it now, as far as can be told.
  package let isOwn: Bool
  /// The name of its directory.
  let name: [UInt8]
  /// The hash of its key.
  let hash: KeyHash

  /// A directory that was opened once. Threads read it without a lock.
  private final class Slot: Sendable {
    let directory = AtomicLazyReference<SharedDescriptor>()
  }

  private let top = Slot()
  private let fanouts = (0..<256).map { _ in Slot() }

  init(_ candidate: VolumeCandidate, isOwn: Bool, name: [UInt8]) {
    self.candidate = candidate
    self.isOwn = isOwn
    self.name = name
    hash = KeyHash(volumeKey: candidate.key.span)
  }

  /// One of its fanout directories.
  ///
  /// - Parameters:
  ///   - fanout: which.
  ///   - root: the cache directory.
  ///   - allowance: how many directories may stay open.
  /// - Throws: what opening it throws; ENOENT when there is none.
  func directory(
    _ fanout: Fanout, below root: borrowing OwnedDescriptor, _ allowance: borrowing Allowance
  ) throws(Errno) -> SharedDescriptor {
    try Self.open(fanouts[Int(fanout.number)], allowance) { () throws(Errno) in
      let above = try Self.open(top, allowance) { () throws(Errno) in
        guard let name = EntryName(name) else { throw .noSuchFileOrDirectory }
        return try root.open(Store.cacheName, .directory).open(name, .directory)
      }
      guard let name = EntryName(fanout.directoryName) else { throw .noSuchFileOrDirectory }
      return try above.value.open(name, .directory)
    }
  }

  private static func open(
    _ slot: Slot, _ allowance: borrowing Allowance, _ make: () throws(Errno) -> OwnedDescriptor
  ) throws(Errno) -> SharedDescriptor {
    if let known = slot.directory.load() { return known }
    let made = SharedDescriptor(try make())
    return allowance.take() ? slot.directory.storeIfNil(made) : made
  }
}

extension MountVolume {
  /// How many directories may stay open: all others are opened for one question.
  struct Allowance: ~Copyable, Sendable {
    private let left: Atomic<Int>

    init(_ count: Int) { left = Atomic(count) }

    /// Whether one more may.
    func take() -> Bool {
      left.load(ordering: .relaxed) > 0 && left.wrappingSubtract(1, ordering: .relaxed).newValue >= 0
    }
  }
}

extension MountVolume: Equatable {
  package static func == (left: MountVolume, right: MountVolume) -> Bool {
    left === right || left.isOwn == right.isOwn && left.candidate == right.candidate
  }
}
