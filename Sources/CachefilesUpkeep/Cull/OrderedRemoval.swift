import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import Synchronization
import SystemPackage

/// Removes victims in the order of culling. However it ends, what has gone is the beginning of the order, but for at most so many
/// objects as there are threads.
final class OrderedRemoval: Sendable {
  /// More threads gain nothing: each removal changes a directory, and few directories change at a time.
  static let mostThreads = 8

  private let work: CullWork
  private let rootPath: [UInt8]
  private let victims: [Victim]
  private let next = Atomic<Int>(0)

  init(_ victims: [Victim], _ work: CullWork, rootPath: [UInt8]) {
    self.victims = victims
    self.work = work
    self.rootPath = rootPath
  }

  /// Removes them, or what may go of them; in a dry run counts them. Returns when all threads are done.
  func run() {
    // A pace, and a list that is read, keep the exact order.
    let isExact = work.options.rate != nil || work.options.isDryRun
    let threads = isExact ? 1 : min(Self.mostThreads, max(1, work.options.threads))
    _ = Workers.run(count: threads) { _ in
      let values = AttributeBuffer(capacity: 1024)
      var counted = CullWork.Tally()
      while let victim = self.take() {
        guard self.work.mayGoOn(), self.work.take() else { break }
        self.remove(victim, values, &counted)
        if counted.done.objects >= 64 { self.handOver(&counted) }
      }
      self.handOver(&counted)
    }
  }

  private func take() -> Victim? {
    let index = next.add(1, ordering: .relaxed).oldValue
    return index < victims.count ? victims[index] : nil
  }

  private func handOver(_ counted: inout CullWork.Tally) {
    work.add(counted)
    counted = CullWork.Tally()
  }

  private func remove(_ victim: Victim, _ values: AttributeBuffer, _ counted: inout CullWork.Tally) {
    let options = work.options
    do throws(Errno) {
      guard let name = EntryName(victim.name) else { throw .invalidArgument }
      let directory = try victim.directory.node.descriptor()
      if !options.selection.includesDirty, !Dirtiness(of: name, in: directory.value, values).isClean {
        counted.dirty += 1
        work.giveBack()
        return
      }
      if !options.isDryRun { try TreeRemover.remove(name, victim.seen, in: directory.value) }
      counted.add(victim, usedSince: options.goal.usedSince)
      options.onVictim?(
        ObjectListing.Item(
          path: victim.path, accessTime: victim.accessTime, diskBytes: victim.diskBytes, fileBytes: victim.seen.size))
    } catch {
      work.giveBack()
      if error == .noSuchFileOrDirectory || error == .staleNFSFileHandle {
        counted.skipped += 1
      } else {
        work.fail(StoreError(path: rootPath.appending(path: victim.path), operation: "remove", error: error))
      }
    }
  }
}
