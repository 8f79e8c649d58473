import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

/// Counts what a cull would remove, in the order of the scan: nothing goes, so that the order does not matter.
struct PretendedRemoval: ScanVisitor {
  private let work: CullWork
  private let bounds: CandidateVisitor.Bounds
  private let values = AttributeBuffer(capacity: 1024)
  private var counted = CullWork.Tally()

  init(_ work: CullWork, _ bounds: CandidateVisitor.Bounds) {
    self.work = work
    self.bounds = bounds
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    let options = work.options
    let time = entry.status.accessTime
    guard bounds.times.contains(time), options.selection.allows(entry),
      bounds.contains(entry), work.mayGoOn(), work.take()
    else { return }
    do throws(Errno) {
      guard let name = EntryName(entry.name.array) else { throw .invalidArgument }
      let directory = try entry.directory.descriptor()
      if !options.selection.includesDirty, !Dirtiness(of: name, in: directory.value, values).isClean {
        counted.dirty += 1
        work.giveBack()
      } else {
        counted.add(CullSum(entry.status), at: time, options.goal.usedSince)
      }
    } catch {
      work.giveBack()
      work.fail(StoreError(path: entry.path, operation: "look at", error: error))
    }
  }

  mutating func merge(_ other: consuming PretendedRemoval) {
    work.add(other.counted)
    work.add(counted)
    counted = CullWork.Tally()
  }
}
