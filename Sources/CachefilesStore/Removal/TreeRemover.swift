// SPDX-License-Identifier: Apache-2.0
package import LinuxIO
import Synchronization
package import SystemPackage

/// Removes entries of a directory with everything in them, from its descriptor: the one place of the store that deletes.
///
/// It follows no link and enters no mount point and no other file system. Depth needs neither stack nor descriptors: a
/// thread has one directory open, and the way back up is checked against the directory that was left. Several threads
/// share the work inside one tree as well as between trees: a directory in which others wait is offered to threads that
/// have nothing to do. Each thread needs at most ``descriptorsPerThread`` descriptors.
package final class TreeRemover: Sendable {
  /// What is done with what is found.
  package enum Mode: Sendable {
    /// It is removed.
    case remove
    /// It is counted, with its bytes, and stays.
    case pretend
    /// It is counted and stays.
    case count
  }

  /// How it is done.
  package struct Options: Sendable {
    package var mode = Mode.remove
    /// The number of threads; 1 works in the calling thread.
    package var threads = 1
    /// Whether to clear the immutable and append-only flags of what is to go.
    package var clearsFlags = false
    /// Whether an entry of the directory is to go. Its content is not asked about.
    package var chooses: (@Sendable (borrowing DirectoryRecord, borrowing OwnedDescriptor) throws(Errno) -> Bool)?
    /// Asked between two entries; true ends the work.
    package var isCancelled: @Sendable () -> Bool = { false }
    /// Called for each entry that could not be removed, with its path below the directory, and more to say about it.
    package var onFailure: @Sendable ([UInt8], Errno, String?) -> Void = { _, _, _ in }

    /// The usual options: everything is removed, in the calling thread.
    package init(
      mode: Mode = .remove, threads: Int = 1, clearsFlags: Bool = false,
      isCancelled: @escaping @Sendable () -> Bool = { false },
      onFailure: @escaping @Sendable ([UInt8], Errno, String?) -> Void = { _, _, _ in }
    ) {
      self.mode = mode
      self.threads = threads
      self.clearsFlags = clearsFlags
      self.isCancelled = isCancelled
      self.onFailure = onFailure
    }
  }

  /// What was done.
  package struct Tally: Sendable {
    /// Entries that were removed, or counted.
    package var removed = 0
    /// The allocated bytes of those of them that had no other name.
    package var freedBytes: UInt64 = 0
    /// Entries that could not be removed; nothing below a mount point is counted.
    package var left = 0
    /// Entries of the directory that were not chosen.
    package var passedOver = 0
    /// Failures that were named.
    package var errors = 0
    /// The first of them.
    package var firstError: Errno?
    /// Whether the work was ended before all was done.
    package var isCancelled = false

    package mutating func merge(_ other: Tally) {
      removed += other.removed
      freedBytes &+= other.freedBytes
      left += other.left
      passedOver += other.passedOver
      errors += other.errors
      firstError = firstError ?? other.firstError
      isCancelled = isCancelled || other.isCancelled
    }
  }

  /// Work in a directory, offered to any thread.
  struct Job: Sendable {
    let directory: DeadDirectory
    let descriptor: SharedDescriptor
  }

  /// A thread's: the directory that it helps with, the one that it is in, the one that it goes to, and an offer.
  package static let descriptorsPerThread = 4

  package let options: Options
  /// How many entries have been removed so far, for a progress display.
  package let progress: ScanProgress
  let work = WorkList<Job>()
  /// The device of the file system that is not left.
  let device: UInt64
  private let offers = Atomic<Int>(0)
  private let isOver = Atomic<Bool>(false)
  /// Files with several names that were counted while they stay: how many of the names have been seen.
  private let links = Guarded<[UInt64: UInt32]>([:])

  private init(_ options: Options, device: UInt64, progress: ScanProgress) {
    self.options = options
    self.device = device
    self.progress = progress
  }

  /// Removes an entry, whatever it is, and tells the first reason why something of it is left.
  @discardableResult
  package static func remove(_ name: EntryName, in parent: borrowing OwnedDescriptor) -> Errno? {
    remove([name], in: parent, Options()).firstError
  }

  /// Removes entries, whatever they are. What cannot be removed stays, and all else goes on.
  package static func remove(
    _ names: [EntryName], in parent: borrowing OwnedDescriptor, _ options: Options,
    progress: ScanProgress = ScanProgress()
  ) -> Tally {
    run(DeadDirectory(name: placeholder, only: names), parent, options, progress)
  }

  /// Removes everything in a directory, or what the options choose.
  package static func empty(
    _ directory: borrowing OwnedDescriptor, _ options: Options, progress: ScanProgress = ScanProgress()
  ) -> Tally {
    run(DeadDirectory(above: nil, name: placeholder), directory, options, progress)
  }

  /// The name of a directory that is never removed.
  private static let placeholder = EntryName("directory")

  private static func run(
    _ node: DeadDirectory, _ directory: borrowing OwnedDescriptor, _ options: Options, _ progress: ScanProgress
  ) -> Tally {
    let shared: SharedDescriptor
    do throws(Errno) {
      node.status = try directory.status()
      shared = SharedDescriptor(try directory.reopen())
    } catch {
      options.onFailure([], error, nil)
      return Tally(left: 1, errors: 1, firstError: error)
    }
    let remover = TreeRemover(options, device: node.status.device, progress: progress)
    remover.work.push(Job(directory: node, descriptor: shared))
    let tallies = Workers.run(count: max(1, options.threads)) { _ in
      var thread = RemovalThread(remover)
      remover.work.run { thread.help($0) }
      return thread.tally
    }
    var tally = Tally(isCancelled: remover.isOver.load(ordering: .relaxed))
    for other in tallies { tally.merge(other) }
    return tally
  }

  /// Whether the work is to end; then it is ended.
  var isEnding: Bool {
    if isOver.load(ordering: .relaxed) { return true }
    guard options.isCancelled() else { return false }
    isOver.store(true, ordering: .relaxed)
    work.cancel()
    return true
  }

  /// Whether to offer work in a directory to other threads: there are some, few offers are open, and something waits.
  /// The offer is a user of the directory from now on.
  func mayOffer(_ node: DeadDirectory) -> Bool {
    options.threads > 1 && offers.load(ordering: .relaxed) < options.threads && node.offer()
  }

  /// Makes the offer.
  func offer(_ node: DeadDirectory, _ descriptor: SharedDescriptor) {
    offers.add(1, ordering: .relaxed)
    work.push(Job(directory: node, descriptor: descriptor))
  }

  /// Takes an offer back that was not made. The caller is in the directory, so that this is not its last user.
  func withdrawOffer(_ node: DeadDirectory) {
    node.takeOffer()
    _ = node.leave()
  }

  /// Takes an offer.
  func take(_ job: Job) {
    guard job.directory.takeOffer() else { return }
    offers.subtract(1, ordering: .relaxed)
  }

  /// Removes a file that may have several names: one at a time, so that one of the threads sees the last name go.
  ///
  /// - Parameter remove: looks at the file and removes it, or only looks.
  /// - Returns: the bytes that this set free, or would.
  func removeLinked(
    _ remove: () throws(Errno) -> (FileStatus, isRemoved: Bool)
  ) throws(Errno) -> UInt64 {
    try links.withLock { (seen) throws(Errno) -> UInt64 in
      let (status, isRemoved) = try remove()
      if isRemoved || status.links <= 1 { return status.links <= 1 ? status.allocatedBytes : 0 }
      let names = (seen[status.inode] ?? 0) + 1
      seen[status.inode] = names
      return names == status.links ? status.allocatedBytes : 0
    }
  }
}
