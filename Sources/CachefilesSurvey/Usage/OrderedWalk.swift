// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import LinuxIO
import Synchronization
import SystemPackage

/// A walk over a cache directory, directory by directory, for output that nests.
///
/// The fanout directories of a volume, where nearly everything is, are read by several threads and handed over one at a
/// time, in any order. Memory holds what is written of a few directories, and of a larger one only a part: its thread
/// then keeps the output until the directory is done.
package final class OrderedWalk: Sendable {
  /// How many entries have been seen so far.
  package let progress = ScanProgress()
  private let options: ScanOptions
  private let writer: any TreeWriter
  private let write: @Sendable ([UInt8]) -> Void
  private let output = Lock()
  private let device: UInt64
  private let rootStatus: FileStatus
  private let failures = Atomic<Int>(0)
  private let named = Lock()
  private let volumes = Atomic<Int>(0)

  /// Prepares a walk; what the writer makes of it goes to a closure, which is called by one thread at a time.
  package init(
    _ store: borrowing Store, _ options: ScanOptions, _ writer: any TreeWriter,
    _ write: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.options = options
    self.writer = writer
    self.write = write
    device = store.rootStatus.device
    rootStatus = store.rootStatus
  }

  /// Walks, and gives the number of failures, each of them named through ``ScanOptions/onFailure``.
  ///
  /// - Throws: ``StoreError`` when no descriptor is left for the root directory.
  package func run(_ store: borrowing Store) throws(StoreError) -> Int {
    let root = DirectoryNode(parent: nil, name: store.path, place: .root, volume: nil)
    do throws(Errno) {
      root.adopt(SharedDescriptor(try store.root.reopen()), rootStatus)
    } catch {
      throw StoreError(path: store.path, operation: "open", error: error)
    }
    var pass = Pass(self)
    pass.walk(root, sharesFanouts: options.threads > 1)
    pass.finish()
    return failures.load(ordering: .relaxed)
  }

  private func fail(_ error: StoreError) {
    if error.error == .noSuchFileOrDirectory, options.isLive { return }
    failures.add(1, ordering: .relaxed)
    named.withLock { options.onFailure(error) }
  }

  /// A directory that was begun, and the directories in it that are to follow.
  private struct Frame {
    let node: DirectoryNode
    var below: [EntryName]
    /// Whether its fanout directories were shared with other threads.
    var isShared = false
  }

  /// One thread's walk through a tree.
  private struct Pass {
    /// With more text than this, a thread takes the output and keeps it until its tree is done.
    private static let limit = 4 << 20
    private let walk: OrderedWalk
    private var hasOutput = false
    private let buffer = DirectoryBuffer(capacity: 128 << 10)
    private var text: [UInt8] = []

    init(_ walk: OrderedWalk) { self.walk = walk }

    /// Writes a tree. The fanout directories of a volume are shared with other threads where that is wanted.
    mutating func walk(_ top: DirectoryNode, sharesFanouts: Bool) {
      var frames: [Frame] = []
      enter(top, &frames)
      // The frame is changed where it stands: a copy would have each name that is taken copy the others.
      while let node = frames.last?.node {
        let last = frames.count - 1
        if sharesFanouts, node.place == .volume, !frames[last].isShared {
          frames[last].below = share(node, frames[last].below)
          frames[last].isShared = true
        }
        if let name = frames[last].below.popLast(), !walk.options.isCancelled() {
          let place = node.place.child(named: name.bytes.span)
          enter(
            DirectoryNode(parent: node, name: name.bytes, place: place, volume: volume(name, place, node)), &frames)
        } else {
          walk.writer.end(to: &text)
          node.release()
          frames.removeLast()
        }
        passOnMuch()
      }
    }

    /// Passes on what is written, and lets other threads write.
    mutating func finish() {
      passOn()
      walk.output.release()
      hasOutput = false
    }

    private mutating func passOn() {
      if !hasOutput { walk.output.acquire() }
      hasOutput = true
      walk.write(text)
      text.removeAll(keepingCapacity: true)
    }

    private mutating func passOnMuch() {
      if text.count > Self.limit { passOn() }
    }

    private func volume(_ name: EntryName, _ place: EntryPlace, _ parent: DirectoryNode) -> ScannedVolume? {
      guard place == .volume else { return parent.volume }
      return ScannedVolume(
        index: walk.volumes.add(1, ordering: .relaxed).oldValue, key: Array(name.bytes.dropFirst()))
    }

    /// Lets threads write the fanout directories of a volume; gives the other directories in it.
    private mutating func share(_ node: DirectoryNode, _ below: [EntryName]) -> [EntryName] {
      let (fanouts, others) = below.reduce(into: ([EntryName](), [EntryName]())) { parts, name in
        if node.place.child(named: name.bytes.span) == .fanout {
          parts.0.append(name)
        } else {
          parts.1.append(name)
        }
      }
      guard fanouts.count > 1 else { return below }
      finish()
      let work = WorkList<EntryName>()
      work.push(contentsOf: fanouts)
      let walk = walk
      _ = Workers.run(count: min(walk.options.threads, fanouts.count)) { _ in
        var pass = Pass(walk)
        work.run { name in
          if walk.options.isCancelled() { return work.cancel() }
          pass.walk(
            DirectoryNode(parent: node, name: name.bytes, place: .fanout, volume: node.volume), sharesFanouts: false)
          pass.finish()
        }
        return pass.hasOutput
      }
      return others
    }

    /// Begins a directory and writes what is in it except for the directories.
    private mutating func enter(_ node: DirectoryNode, _ frames: inout [Frame]) {
      do throws(Errno) {
        let descriptor = try open(node)
        let status = try descriptor.value.status()
        if node.parent != nil { node.adopt(descriptor, status) }
        let isOther = status.device != walk.device || (status.isMountPoint && node.parent != nil)
        begin(node, status, isOther ? .improperLink : nil)
        frames.append(Frame(node: node, below: []))
        if isOther {
          let note = "something is mounted there"
          walk.fail(StoreError(path: node.path, operation: "enter", error: .improperLink, note: note))
          return
        }
        let below = list(node, descriptor)
        frames[frames.count - 1].below = below
        node.releaseWhenCrowded()
      } catch {
        if let status = closedStatus(node) {
          begin(node, status, error)
          walk.writer.end(to: &text)
        }
        walk.fail(StoreError(path: node.path, operation: "open", error: error))
      }
    }

    private func open(_ node: DirectoryNode) throws(Errno) -> SharedDescriptor {
      guard let parent = node.parent else { return try node.descriptor() }
      guard let name = EntryName(node.name) else { throw .invalidArgument }
      return SharedDescriptor(try parent.descriptor().value.open(name, .directory))
    }

    /// What a directory that cannot be entered occupies.
    private func closedStatus(_ node: DirectoryNode) -> FileStatus? {
      guard let name = EntryName(node.name), let above = try? node.parent?.descriptor() else { return nil }
      return try? above.value.status(of: name)
    }

    private mutating func begin(_ node: DirectoryNode, _ status: FileStatus, _ failure: Errno?) {
      // An entry does not hold its directory.
      defer { withExtendedLifetime(node) {} }
      let name = node.name
      let entry = ScanEntry(
        place: node.place, directory: node.parent ?? node, volume: node.volume, name: name.span, status: status,
        attribute: nil, value: Span())
      walk.progress.add(1)
      walk.writer.begin(entry, failure: failure, to: &text)
    }

    /// Writes what is no directory, and gives the names of the directories.
    private mutating func list(_ node: DirectoryNode, _ descriptor: SharedDescriptor) -> [EntryName] {
      defer { withExtendedLifetime(node) {} }
      var below: [EntryName] = []
      let walk = walk
      do throws(Errno) {
        while try buffer.fill(from: descriptor.value), !walk.options.isCancelled() {
          var count = 0
          buffer.forEach { record in
            do throws(Errno) {
              let status = record.kind == .directory ? nil : try record.status(in: descriptor.value)
              guard let status, status.kind != .directory else {
                if let name = record.entryName { below.append(name) }
                return
              }
              let entry = ScanEntry(
                place: node.place.child(named: record.name), directory: node, volume: node.volume, name: record.name,
                status: status, attribute: nil, value: Span())
              walk.writer.add(entry, to: &text)
              count += 1
            } catch {
              let path = node.path.appending(component: record.name.array)
              walk.fail(StoreError(path: path, operation: "look at", error: error))
            }
          }
          walk.progress.add(count)
          passOnMuch()
        }
      } catch {
        walk.fail(StoreError(path: node.path, operation: "list", error: error))
      }
      return below
    }
  }
}
