import CachefilesFormat
import LinuxIO
import Synchronization
import SystemPackage

/// What a scan came to, besides what its visitor saw.
package struct ScanSummary: Sendable {
  /// The volumes, in the order of their numbers.
  package var volumes: [ScannedVolume]
  /// How many entries could not be read, each of them named through ``ScanOptions/onFailure``.
  package var failures: Int
  /// Whether it ended early because it was cancelled.
  package var isCancelled: Bool
}

/// A parallel walk over a cache directory.
///
/// Each thread takes a directory, reads it in large pieces and looks at every entry. Directories below become new
/// work; the pieces of a directory that does not fit one buffer are handed to threads that have nothing to do, so that
/// one huge fanout keeps all of them busy. Symbolic links are not followed, mount points not entered. Memory does not
/// grow with the number of objects.
package final class Scanner: Sendable {
  /// How many entries have been seen so far, for a progress display.
  package let progress: ScanProgress
  private let options: ScanOptions
  private let rootPath: [UInt8]
  private let rootStatus: FileStatus
  private let root: DirectoryNode
  private let work: WorkList<ScanJob>
  private let volumes = Mutex<[ScannedVolume]>([])
  private let failures = Mutex<Int>(0)
  private let buffers = Mutex<BufferPool>(BufferPool())
  private let cancelled = Atomic<Bool>(false)

  /// Prepares a scan of an open cache directory. It runs once.
  ///
  /// - Parameter progress: where entries are counted; several scans may share one.
  /// - Throws: ``StoreError`` when no descriptor is left for the root directory.
  package init(
    _ store: borrowing Store, _ options: ScanOptions, progress: ScanProgress = ScanProgress()
  ) throws(StoreError) {
    self.options = options
    self.progress = progress
    rootPath = store.path
    rootStatus = store.rootStatus
    work = WorkList()
    root = DirectoryNode(parent: nil, name: store.path, place: .root, volume: nil)
    do throws(Errno) {
      root.adopt(SharedDescriptor(try store.root.reopen()), store.rootStatus)
    } catch {
      throw StoreError(path: store.path, operation: "open", error: error)
    }
  }

  /// Walks the directory with a visitor for each thread and returns them merged.
  package func run<V: ScanVisitor & SendableMetatype>(_ makeVisitor: @escaping @Sendable () -> V) -> (
    visitor: V, summary: ScanSummary
  ) {
    work.push(.directory(root))
    let visitors = Workers.run(count: max(1, options.threads)) { _ in
      var thread = ScanThread(scanner: self, visitor: makeVisitor())
      self.work.run { job in
        _ = self.endsEarly()
        thread.run(job)
      }
      return UncheckedBox(thread.visitor)
    }
    if !options.keepsDirectories { root.release() }
    var merged = makeVisitor()
    for visitor in visitors { merged.merge(visitor.value) }
    let summary = ScanSummary(
      volumes: volumes.withLock { $0 }, failures: failures.withLock { $0 },
      isCancelled: cancelled.load(ordering: .relaxed))
    return (merged, summary)
  }

  /// Whether the walk is to end before everything has been seen. From the first time on it counts as incomplete.
  private func endsEarly() -> Bool {
    guard options.isCancelled() else { return false }
    cancelled.store(true, ordering: .relaxed)
    work.cancel()
    return true
  }

  /// Counts and names an entry that failed.
  func fail(_ error: StoreError) {
    // What is gone from a live cache is none of it any more. Nobody but the kernel should take something from another.
    if error.error == .noSuchFileOrDirectory, options.isLive { return }
    failures.withLock { count in
      count += 1
      options.onFailure(error)
    }
  }

  /// One thread's part of a scan.
  private struct ScanThread<V: ScanVisitor> {
    let scanner: Scanner
    var visitor: V
    var buffer = DirectoryBuffer(capacity: BufferPool.capacity)
    let values = AttributeBuffer(capacity: 1024)

    init(scanner: Scanner, visitor: V) {
      self.scanner = scanner
      self.visitor = visitor
    }

    mutating func run(_ job: ScanJob) {
      switch job {
      case .directory(let node): read(node)
      case .batch(let node, let batch):
        do throws(Errno) {
          let descriptor = try node.descriptor()
          look(at: batch, in: node, descriptor)
        } catch {
          scanner.fail(StoreError(path: node.path, operation: "open", error: error))
        }
        scanner.buffers.withLock { $0.give(batch) }
      }
    }

    /// Opens a directory, looks at it and at everything in it.
    private mutating func read(_ node: DirectoryNode) {
      guard let descriptor = open(node) else { return }
      do throws(Errno) {
        while try buffer.fill(from: descriptor.value) {
          if buffer.isNearlyFull, scanner.work.hasIdleWorker,
            let spare = scanner.buffers.withLock({ $0.take(threads: scanner.options.threads) })
          {
            scanner.work.push(.batch(node, buffer))
            buffer = spare
          } else {
            look(at: buffer, in: node, descriptor)
          }
          if scanner.endsEarly() { break }
        }
      } catch {
        scanner.fail(StoreError(path: node.path, operation: "list", error: error))
      }
      node.releaseWhenCrowded()
    }

    /// Opens a directory, visits it, and says whether to go on into it.
    private mutating func open(_ node: DirectoryNode) -> SharedDescriptor? {
      guard let parent = node.parent else {
        visitDirectory(node, scanner.rootStatus, nil)
        return try? node.descriptor()
      }
      do throws(Errno) {
        guard let name = EntryName(node.name) else { throw .invalidArgument }
        let above = try parent.descriptor()
        let descriptor: SharedDescriptor
        do throws(Errno) {
          descriptor = SharedDescriptor(try above.value.open(name, .directory))
        } catch {
          // It cannot be entered, but what it occupies can be told.
          if let status = try? above.value.status(of: name) { visitDirectory(node, status, nil) }
          throw error
        }
        let status = try descriptor.value.status()
        node.adopt(descriptor, status)
        visitDirectory(node, status, descriptor)
        if status.device != scanner.rootStatus.device || status.isMountPoint {
          scanner.fail(
            StoreError(
              path: node.path, operation: "enter", error: .improperLink, note: "something is mounted there"))
          return nil
        }
        return descriptor
      } catch {
        scanner.fail(StoreError(path: node.path, operation: "open", error: error))
        return nil
      }
    }

    private mutating func visitDirectory(_ node: DirectoryNode, _ status: FileStatus, _ open: SharedDescriptor?) {
      // An entry does not hold its directory.
      defer { withExtendedLifetime(node) {} }
      var reading: AttributeReading?
      var bytes: [UInt8] = []
      if scanner.options.attributes, node.place == .volume || node.place == .cache || node.place == .object, let open {
        do throws(Errno) {
          if let found = try open.value.attribute(CacheAttribute.name) {
            reading = .value(count: found.count)
            bytes = found
          } else {
            reading = .absent
          }
        } catch {
          reading = .failed(error)
          scanner.fail(StoreError(path: node.path, operation: "read the cache attribute", error: error))
        }
      }
      let name = node.name
      let value = bytes
      let entry = ScanEntry(
        place: node.place, directory: node.parent ?? node, volume: node.volume, name: name.span, status: status,
        attribute: reading, value: value.span)
      visitor.visit(entry)
    }

    /// Looks at the entries in a buffer; directories become new work.
    private mutating func look(at buffer: DirectoryBuffer, in node: DirectoryNode, _ descriptor: SharedDescriptor) {
      defer { withExtendedLifetime(node) {} }
      var below: [ScanJob] = []
      var count = 0
      let scanner = self.scanner
      let values = self.values
      buffer.forEach { record in
        count += 1
        let name = record.name
        let place = node.place.child(named: name)
        if record.kind == .directory {
          if let child = scanner.enter(node, name, place) { below.append(.directory(child)) }
          return
        }
        if scanner.leavesOut(node, place, name) { return }
        if record.kind == .regular {
          if scanner.options.leavesOutRegularFiles, place != .buried { return }
          if place == .object, let inodes = scanner.options.inodes, !inodes.mayContain(record.inode) { return }
        }
        do throws(Errno) {
          let status = try record.status(in: descriptor.value)
          if status.kind == .directory {
            if let child = scanner.enter(node, name, place) { below.append(.directory(child)) }
            return
          }
          var reading: AttributeReading?
          if scanner.options.attributes, status.kind == .regular,
            place == .object || place == .legacy || scanner.options.readsAttributesEverywhere && place != .buried
          {
            reading = record.attribute(CacheAttribute.name, in: descriptor.value, into: values)
          }
          var length = 0
          if case .value(let bytes) = reading { length = bytes }
          if case .failed(let error) = reading {
            scanner.fail(
              StoreError(
                path: node.path.appending(component: name.array), operation: "read the cache attribute", error: error))
          }
          let entry = ScanEntry(
            place: place, directory: node, volume: node.volume, name: name, status: status, attribute: reading,
            value: values.bytes(length), recordInode: record.inode)
          visitor.visit(entry)
        } catch {
          scanner.fail(
            StoreError(path: node.path.appending(component: name.array), operation: "look at", error: error))
        }
      }
      scanner.progress.add(count)
      scanner.work.push(contentsOf: below)
    }
  }

  /// Whether the options leave out an entry that is no directory.
  private func leavesOut(_ parent: DirectoryNode, _ place: EntryPlace, _ name: Span<UInt8>) -> Bool {
    switch place {
    case .foreign: options.onlyVolumes && parent.volume == nil
    case .legacy: options.onlyVolumes
    case .volume: options.volumes.map { !$0(name.extracting(1..<name.count).array) } ?? false
    default: false
    }
  }

  /// The node of a directory below another; nil when the options leave it out.
  private func enter(_ parent: DirectoryNode, _ name: Span<UInt8>, _ place: EntryPlace) -> DirectoryNode? {
    if options.leavesOutGraveyard, place == .graveyard { return nil }
    if options.onlyVolumes {
      if place == .graveyard || place == .legacy { return nil }
      if place == .foreign, parent.place == .root || parent.place == .cache { return nil }
    }
    guard place == .volume else {
      return DirectoryNode(parent: parent, name: name.array, place: place, volume: parent.volume)
    }
    let key = name.extracting(1..<name.count).array
    if let filter = options.volumes, !filter(key) { return nil }
    let volume = volumes.withLock { list in
      let volume = ScannedVolume(index: list.count, key: key)
      list.append(volume)
      return volume
    }
    return DirectoryNode(parent: parent, name: name.array, place: place, volume: volume)
  }
}

/// A piece of a scan's work.
enum ScanJob: Sendable {
  /// Read a directory.
  case directory(DirectoryNode)
  /// Look at the entries in a buffer.
  case batch(DirectoryNode, DirectoryBuffer)
}

/// How far a scan has come; any thread may ask.
package final class ScanProgress: Sendable {
  private let entries = Atomic<Int>(0)

  /// Starts at 0.
  package init() {}

  /// The number of entries seen.
  package var count: Int { entries.load(ordering: .relaxed) }

  package func add(_ count: Int) { entries.add(count, ordering: .relaxed) }
}

/// Buffers that threads exchange; their number is bounded.
struct BufferPool {
  /// The size of a buffer in bytes.
  static let capacity = 128 << 10
  private var spare: [DirectoryBuffer] = []
  private var made = 0

  /// A spare buffer; nil when as many as there are threads are in use.
  mutating func take(threads: Int) -> DirectoryBuffer? {
    if let buffer = spare.popLast() { return buffer }
    guard made < threads else { return nil }
    made += 1
    return DirectoryBuffer(capacity: Self.capacity)
  }

  mutating func give(_ buffer: DirectoryBuffer) { spare.append(buffer) }
}

extension DirectoryNode {
  /// With more directories open than this, the scan closes those it has read and opens them again when needed.
  static let openLimit = max(16, DescriptorLimit.raise(to: 4096) / 2)

  /// Lets go of the descriptor when many are open.
  ///
  /// Every 64th level keeps its own while there is room: a directory is opened again from the nearest open one above,
  /// so that without them a deep chain would cost the square of its depth.
  package func releaseWhenCrowded() {
    let open = SharedDescriptor.openCount.load(ordering: .relaxed)
    guard parent != nil, open > Self.openLimit else { return }
    if depth % 64 == 0, open <= Self.openLimit + Self.openLimit / 2 { return }
    release()
  }
}

/// Hands a value from the thread that made it to the one that joined it.
struct UncheckedBox<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
