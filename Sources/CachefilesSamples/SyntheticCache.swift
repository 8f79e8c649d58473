// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
package import LinuxIO
import Synchronization
package import SystemPackage

/// Writes a cache of any size that looks like a real one: several netfs types, all four name schemes, log-normal file
/// sizes, ages over months, holes. The same seed gives the same names, records, sizes and holes.
package struct SyntheticCache: Sendable {
  /// The number of objects.
  package var objects: Int
  /// The seed.
  package var seed: UInt64
  /// The most data bytes that one object gets; 0 for files that are all hole.
  package var maximumData: Int64
  /// The moment that ages are counted back from.
  package var now: Timestamp
  /// The number of threads.
  package var threads = max(2, Workers.processorCount * 2)

  /// Describes a cache.
  package init(objects: Int, seed: UInt64 = 1, maximumData: Int64 = 16 << 10, now: Timestamp) {
    self.objects = objects
    self.seed = seed
    self.maximumData = maximumData
    self.now = now
  }

  /// Writes the cache into a new or empty directory. On failure nothing is left behind.
  ///
  /// - Parameters:
  ///   - path: the directory.
  ///   - progress: called now and then with the number of objects written, from any thread.
  /// - Throws: ``SampleFailure``.
  package func write(to path: FilePath, progress: @escaping @Sendable (Int) -> Void = { _ in }) throws(SampleFailure) {
    var directory = try SampleDirectory(path: path)
    let counter = Progress(progress)
    do throws(StoreError) {
      try makeDirectory(Store.cacheName, in: directory.root, path: directory.path)
      try makeDirectory(Store.graveyardName, in: directory.root, path: directory.path)
      let cache = try open(Store.cacheName, in: directory.root, path: directory.path)
      let path = directory.path.appending(component: Store.cacheName.bytes)
      var start = 0
      for (number, volume) in SyntheticVolume.all.enumerated() {
        let share =
          number == SyntheticVolume.all.count - 1
          ? objects - start : objects / 1000 * volume.weight + objects % 1000 * volume.weight / 1000
        try write(volume, number, start..<start + share, in: cache, path: path, counter)
        start += share
      }
    } catch {
      throw error.error == .interrupted ? .interrupted : .failed(error)
    }
    directory.keep()
  }

  private func write(
    _ volume: SyntheticVolume, _ number: Int, _ range: Range<Int>, in cache: borrowing OwnedDescriptor, path: [UInt8],
    _ counter: Progress
  ) throws(StoreError) {
    guard let name = EntryName([VolumeName.prefix] + volume.key) else { return }
    let volumePath = path.appending(component: name.bytes)
    try makeDirectory(name, in: cache, path: path)
    let directory = try open(name, in: cache, path: path)
    var fanouts: [SharedDescriptor] = []
    do throws(Errno) {
      try directory.setAttribute(CacheAttribute.name, to: volume.record)
      for fanout in UInt8.min...UInt8.max {
        guard let name = EntryName(Fanout(fanout).directoryName) else { continue }
        try directory.makeDirectory(name, permissions: 0o700)
        fanouts.append(SharedDescriptor(try directory.open(name, .directory)))
      }
    } catch {
      throw StoreError(path: volumePath, operation: "write", error: error)
    }
    let opened = fanouts
    let next = Counter(range.lowerBound)
    let hash = KeyHash(volumeKey: volume.key.span)
    let results: [StoreError?] = Workers.run(count: threads) { _ in
      var object = SyntheticObject()
      while true {
        let first = next.take(256)
        guard first < range.upperBound else { return nil }
        if Interruption.signal != nil { return StoreError(path: volumePath, operation: "write", error: .interrupted) }
        let last = min(first + 256, range.upperBound)
        for index in first..<last {
          object.make(index, volume, number, self)
          let fanout = KeyHash(cookieKey: object.key.span, in: hash).fanout
          do throws(Errno) {
            try object.write(in: opened[Int(fanout.number)].value)
          } catch {
            let place = volumePath.appending(component: fanout.directoryName).appending(component: object.name)
            next.take(range.count)
            return StoreError(path: place, operation: "write", error: error)
          }
        }
        counter.add(last - first)
      }
    }
    for case let error? in results { throw error }
  }

  private func makeDirectory(
    _ name: EntryName, in parent: borrowing OwnedDescriptor, path: [UInt8]
  ) throws(StoreError) {
    do throws(Errno) { try parent.makeDirectory(name, permissions: 0o700) } catch {
      throw StoreError(path: path.appending(component: name.bytes), operation: "make the directory", error: error)
    }
  }

  private func open(
    _ name: EntryName, in parent: borrowing OwnedDescriptor, path: [UInt8]
  ) throws(StoreError) -> OwnedDescriptor {
    do throws(Errno) { return try parent.open(name, .directory) } catch {
      throw StoreError(path: path.appending(component: name.bytes), operation: "open", error: error)
    }
  }

  /// Counts for the caller.
  private final class Progress: Sendable {
    private let count = Atomic<Int>(0)
    private let report: @Sendable (Int) -> Void
    init(_ report: @escaping @Sendable (Int) -> Void) { self.report = report }
    func add(_ more: Int) { report(count.add(more, ordering: .relaxed).newValue) }
  }
}
