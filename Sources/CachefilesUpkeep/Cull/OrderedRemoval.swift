// SPDX-License-Identifier: Apache-2.0
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

  private let session: CullSession
  private let rootPath: [UInt8]
  private let victims: [Victim]
  private let next = Atomic<Int>(0)
  /// How many have been tried.
  private let tried = Atomic<Int>(0)

  /// Called for each that stays because it is dirty or in use.
  private let onStay: (@Sendable (Victim) -> Void)?

  init(
    _ victims: [Victim], _ session: CullSession, rootPath: [UInt8], onStay: (@Sendable (Victim) -> Void)? = nil
  ) {
    self.victims = victims
    self.onStay = onStay
    self.session = session
    self.rootPath = rootPath
  }

  /// Removes them, or what may go of them; in a dry run counts them. Returns when all threads are done.
  func run() {
    // A pace, and a list that is read, keep the exact order.
    let isExact = session.options.rate != nil || session.options.isDryRun
    let threads = min(Self.mostThreads, max(1, session.options.threads))
    guard let right = session.currentRight else { return session.stop(.unmet("nothing may be removed")) }
    do throws(Refusal) {
      _ = try right.withRemovers(threads: isExact ? 1 : threads) { self.work($0) }
    } catch {
      session.stop(error)
    }
  }

  private func work(_ remover: any EntryRemover) {
    let values = AttributeBuffer(capacity: 1024)
    var counted = CullTally()
    while let victim = take(), session.mayGoOn(), session.budget.take() {
      defer { tried.add(1, ordering: .relaxed) }
      do throws(Refusal) {
        if try !remove(victim, remover, values, &counted) { session.budget.giveBack() }
      } catch {
        session.budget.giveBack()
        session.stop(error)
      }
      if counted.done.objects >= 64 { handOver(&counted) }
    }
    handOver(&counted)
  }

  /// Those that nothing was done about; exact when one thread works, as of a cache in use.
  var untried: ArraySlice<Victim> { victims.dropFirst(tried.load(ordering: .relaxed)) }

  private func take() -> Victim? {
    let index = next.add(1, ordering: .relaxed).oldValue
    return index < victims.count ? victims[index] : nil
  }

  private func handOver(_ counted: inout CullTally) {
    session.add(counted)
    counted = CullTally()
  }

  /// Removes one; false when it stays.
  private func remove(
    _ victim: Victim, _ remover: any EntryRemover, _ values: AttributeBuffer, _ counted: inout CullTally
  ) throws(Refusal) -> Bool {
    let answer = try answer(victim, remover, values)
    switch answer {
    case .dirty, .inUse: onStay?(victim)
    case .removed, .changed, .failed: break
    }
    return session.note(answer, of: victim, rootPath, in: &counted)
  }

  /// What came of a victim. A dirty one is not touched.
  private func answer(
    _ victim: Victim, _ remover: any EntryRemover, _ values: AttributeBuffer
  ) throws(Refusal) -> VictimAnswer {
    guard let name = EntryName(victim.name) else { return .failed(.invalidArgument) }
    let node = victim.directory.node
    if !session.options.selection.includesDirty {
      let directory: SharedDescriptor
      do throws(Errno) { directory = try remover.directory(node) } catch { return VictimAnswer(RemovalAnswer(error)) }
      if let answer = VictimAnswer.beforeRemoval(of: name, in: directory.value, values) { return answer }
    }
    return VictimAnswer(
      session.options.isDryRun ? try remover.ask(name, in: node) : try remover.remove(name, victim.seen, in: node))
  }
}
