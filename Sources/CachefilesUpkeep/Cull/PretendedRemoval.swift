// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

/// Counts what a cull would remove, in the order of the scan: nothing goes, so that the order does not matter.
struct PretendedRemoval: ScanVisitor {
  private let session: CullSession
  private let scope: CullScope
  private let values = AttributeBuffer(capacity: 1024)
  private var counted = CullTally()
  private let includesDirty: Bool
  private let usedSince: Timestamp?

  init(_ scope: CullScope, _ session: CullSession) {
    includesDirty = session.options.selection.includesDirty
    usedSince = session.options.goal.usedSince
    self.scope = scope
    self.session = session
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    guard scope.contains(entry), session.mayGoOn(), session.budget.take() else { return }
    do throws(Errno) {
      guard let name = EntryName(entry.name.array) else { throw .invalidArgument }
      if entry.status.protectingFlag != nil || entry.directory.isProtected {
        session.budget.giveBack()
        return session.notePretendedFailure(
          StoreError(path: entry.path, operation: "remove", error: .notPermitted, note: RemovalAnswer.flagWords))
      }
      let directory = try entry.directory.descriptor()
      if !includesDirty {
        let reading = directory.value.attribute(CacheAttribute.name, of: name, into: values)
        if !Dirtiness(reading, values).isClean {
          if case .failed(let error) = reading { throw error }
          counted.dirty += 1
          return session.budget.giveBack()
        }
      }
      counted.add(CullSum(entry.status), at: entry.status.access, usedSince)
    } catch {
      session.budget.giveBack()
      session.fail(StoreError(path: entry.path, operation: "look at", error: error))
    }
  }

  mutating func merge(_ other: consuming PretendedRemoval) {
    session.add(other.counted)
    session.add(counted)
    counted = CullTally()
  }
}
