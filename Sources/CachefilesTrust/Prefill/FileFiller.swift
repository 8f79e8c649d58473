// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO
import Synchronization
import SystemPackage

/// Reads what is missing of files through their mount, with several threads, so that the kernel stores it.
final class FileFiller: Sendable {
  private let options: PrefillOptions
  private let pace: BytePace
  private let bytes = Atomic<UInt64>(0)
  private let objects = Atomic<Int>(0)
  private let errors = Atomic<Int>(0)
  private let halt = Guarded<PrefillReport.Stop?>(nil)
  private let isHalted = Atomic<Bool>(false)
  private let read: Guarded<[UInt64]>
  private let broken: Guarded<Set<Int>>

  /// The bytes that are read at a time.
  private static let pieceSize = 1 << 20

  /// - Parameter bytes: were read before, and count for the limits.
  init(_ options: PrefillOptions, count: Int, after bytes: UInt64 = 0) {
    self.options = options
    self.bytes.store(bytes, ordering: .relaxed)
    pace = BytePace(bytesPerSecond: options.rate)
    read = Guarded([UInt64](repeating: 0, count: count))
    broken = Guarded([])
  }

  /// How many bytes were read.
  var readBytes: UInt64 { bytes.load(ordering: .relaxed) }
  /// How many things failed.
  var errorCount: Int { errors.load(ordering: .relaxed) }
  /// Why it read no more.
  var stop: PrefillReport.Stop? { halt.withLock { $0 } }
  /// How many bytes of a file were read.
  func readBytes(of item: Int) -> UInt64 { read.withLock { $0[item] } }
  /// Whether reading a file failed.
  func hasFailed(_ item: Int) -> Bool { broken.withLock { $0.contains(item) } }

  /// Reads what is missing of files of one mount. A server that does not answer costs the time that was allowed, once.
  func fill(_ items: [FillItem], _ range: Range<Int>) {
    let parts = FillParts(items, range)
    let numbers = PartCounter(0..<parts.count)
    let work = TimedWork<Bool>()
    let answer = work.run(timeout: options.timeout) { [self] work in
      _ = Workers.run(count: min(options.threads, parts.count)) { [self] _ in
        let buffer = AlignedBuffer(capacity: Self.pieceSize)
        while !isOver(work), let number = numbers.next() {
          let part = parts[number]
          do throws(Errno) { try fill(items[part.item], part, buffer, work) } catch {
            if work.isAbandoned { break }
            broken.withLock { _ = $0.insert(part.item) }
            fail(StoreError(path: items[part.item].path, operation: "read", error: error))
          }
        }
        return 0
      }
      return true
    }
    guard answer == nil, let first = items[range].first else { return }
    numbers.cancel()
    fail(
      .givenUp(work, on: first.mountPoint, after: options.timeout, rest: "the rest of its files is left out"))
  }

  private func fail(_ error: StoreError) {
    errors.add(1, ordering: .relaxed)
    options.onFailure(error)
  }

  private func isOver(_ work: TimedWork<Bool>) -> Bool {
    if isHalted.load(ordering: .relaxed) || work.isAbandoned { return true }
    if options.isCancelled() { stop(.signal) }
    return isHalted.load(ordering: .relaxed)
  }

  private func stop(_ reason: PrefillReport.Stop) {
    halt.withLock { if $0 == nil { $0 = reason } }
    isHalted.store(true, ordering: .relaxed)
  }

  private func fill(_ item: FillItem, _ part: FillParts.Part, _ buffer: AlignedBuffer, _ work: TimedWork<Bool>)
    throws(Errno)
  {
    let gaps = item.missing.map { $0.clamped(to: part.offsets) }.filter { !$0.isEmpty }
    if gaps.isEmpty, item.size > 0 { return }
    if item.isNew, part.offsets.lowerBound == 0, !mayRead(0, objects: 1) { return }
    let file = try OwnedDescriptor(reading: FilePath(bytes: item.path), direct: false)
    work.step()
    // What lies between is there already: nothing is read ahead into it. And 6.12 loses blocks between two requests of what it reads
    // ahead (K14 of Docs/Errata.md): without, it makes folios of one page, and stores them all.
    let isWhole = item.missing.count == 1 && item.missing[0] == 0..<item.size
    file.adviseReading(ahead: isWhole && options.kernel != KernelRelease(6, 12))
    for gap in gaps {
      // A page that is in memory is not read, and what is not read is not stored.
      file.dropCachedPages(from: gap.lowerBound, count: gap.upperBound - gap.lowerBound)
      var offset = gap.lowerBound & ~UInt64(AlignedBuffer.alignment - 1)
      while offset < gap.upperBound {
        let wanted = Int(min(gap.upperBound - offset, UInt64(Self.pieceSize)))
        pace.wait(for: wanted) {
          work.step()
          return isOver(work)
        }
        if isOver(work) || !mayRead(UInt64(wanted), objects: 0) { return }
        let count = try file.read(into: buffer, at: offset, needed: wanted)
        work.step()
        read.withLock { $0[part.item] += UInt64(count) }
        if count < wanted { return }
        offset += UInt64(count)
      }
    }
  }

  /// Takes a piece of what may still be read; false when there is none, and then all threads end.
  private func mayRead(_ count: UInt64, objects new: Int) -> Bool {
    let total = bytes.add(count, ordering: .relaxed).newValue
    let objects = objects.add(new, ordering: .relaxed).newValue
    if let limit = options.maximumBytes, total > limit {
      stop(.maximumBytes)
    } else if let room = options.room, let words = room.objection(bytes: total, objects: objects) {
      stop(.room(words, isAsked: room.bound.isAsked))
    } else {
      return true
    }
    bytes.subtract(count, ordering: .relaxed)
    return false
  }
}

extension RoomGuard.Bound {
  /// Whether the user has named it.
  var isAsked: Bool { if case .free = self { true } else { false } }
}
