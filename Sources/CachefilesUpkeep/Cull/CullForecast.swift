// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO
import Synchronization
import SystemPackage

/// What would come of victims, where nothing goes and no kernel is asked: a dry run of a cache that nobody uses.
///
/// They are looked at in the order of directories, by several threads, since objects that stand beside each other are found in half
/// the time; and counted, listed and judged in the order of culling, so that a plan says what a cull would do.
struct CullForecast: Sendable {
  /// So many are looked at by one thread at a time.
  private static let portion = 256

  private let victims: KnownVictims
  private let count: Int
  private let session: CullSession
  private let rootPath: [UInt8]

  /// Prepares a look at the first `count` victims.
  init(_ victims: KnownVictims, first count: Int, _ session: CullSession, rootPath: [UInt8]) {
    self.victims = victims
    self.count = count
    self.session = session
    self.rootPath = rootPath
  }

  /// Looks at them, and counts what a cull would remove.
  func run() {
    let answers = look()
    var counted = CullTally()
    for place in 0..<count {
      guard let answer = answers[place], let victim = victims.victim(place), session.mayGoOn(), session.budget.take()
      else { break }
      if !session.note(answer, of: victim, rootPath, in: &counted) { session.budget.giveBack() }
    }
    session.add(counted)
  }

  /// An answer for each place; none where the work was ended before.
  private func look() -> [VictimAnswer?] {
    let places = victims.placesByDirectory(first: count)
    let next = SharedCount()
    let found = Workers.run(count: session.options.threads) { _ in look(at: places, next) }
    var answers = [VictimAnswer?](repeating: nil, count: count)
    for (place, answer) in found.joined() { answers[Int(place)] = answer }
    return answers
  }

  private final class SharedCount: Sendable {
    let value = Atomic<Int>(0)
  }

  private func look(at places: [UInt32], _ next: SharedCount) -> [(UInt32, VictimAnswer)] {
    let values = AttributeBuffer(capacity: 1024)
    var answers: [(UInt32, VictimAnswer)] = []
    while !session.isCancelled {
      let start = next.value.add(Self.portion, ordering: .relaxed).oldValue
      guard start < places.count else { break }
      for place in places[start..<min(places.count, start + Self.portion)] {
        guard let victim = victims.victim(Int(place)) else { continue }
        answers.append((place, answer(victim, values)))
      }
    }
    return answers
  }

  private func answer(_ victim: Victim, _ values: AttributeBuffer) -> VictimAnswer {
    guard let name = EntryName(victim.name) else { return .failed(.invalidArgument) }
    let node = victim.directory.node
    if !session.options.selection.includesDirty {
      do throws(Errno) {
        let directory = try node.descriptor()
        if let answer = VictimAnswer.beforeRemoval(of: name, in: directory.value, values) { return answer }
      } catch {
        return VictimAnswer(RemovalAnswer(error))
      }
    }
    return node.isProtected || victim.isProtected ? .failed(.notPermitted) : .removed
  }
}
