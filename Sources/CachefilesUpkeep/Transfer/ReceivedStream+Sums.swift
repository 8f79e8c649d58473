// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO

/// The sums of a stream, and its end: what they say must be what came.
extension ReceivedStream {
  private static let unsummed = "its sums are missing: another tool packed it, and may have made zeros of holes"

  /// Makes room for an entry.
  mutating func note(_ entry: PaxEntry) throws(ArchiveFailure) {
    if pending.count >= TransferSums.mostObjects || pendingBytes >= TransferSums.mostBytes {
      throw .malformed(Self.unsummed)
    }
    // The sum of a directory follows it at once.
    if case .directory = pending.last?.state { throw .malformed(Self.unsummed) }
    if entry.kind == .regular { objects += 1 }
    pending.append(PendingEntry(path: entry.path))
  }

  mutating func end(_ entry: PaxEntry, _ reader: PaxReader) throws(ArchiveFailure) {
    if !pending.isEmpty { throw .malformed(Self.unsummed) }
    let told = try TransferMark.objects(entry, reader)
    guard told == objects else { throw .malformed("its end tells of \(told) objects, and \(objects) came") }
    report.isWhole = true
  }

  /// Compares the entries since the last sums with theirs: what is right gets its name.
  mutating func settle(_ sums: [UInt32]) throws(ArchiveFailure) {
    guard sums.count == pending.count else { throw .malformed("entries are missing, or their sums") }
    for (object, sum) in zip(pending, sums) {
      switch object.state {
      case .leftOut: break
      case .directory(let entry, let found):
        if found == sum { takeDirectory(entry) } else { refuseDirectory(entry, Self.damaged) }
      case .read(let read, let found):
        if found == sum { queue.push(read) } else { refuse(object.path, Self.damaged) }
      case .written(let written, let file, let found):
        guard found == sum else {
          refuse(object.path, Self.damaged)
          continue
        }
        do throws(CopyFault) {
          try written.finish(file.value)
          receive.count(written)
        } catch {
          receive.fail(error, written.path)
        }
      }
    }
    pending = []
    pendingBytes = 0
  }

  private static let damaged = "it is not what was sent: it was damaged, or packed again by another tool"
}
