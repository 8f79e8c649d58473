// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO
import Synchronization
import SystemPackage

/// One thread's part of a scan.
///
/// It knows nothing of the visitor's type: it is compiled once, and each entry costs one call.
struct ScanThread {
  private let scanner: Scanner
  private let visitor: EntrySink
  private var buffer = DirectoryBuffer(capacity: BufferPool.capacity)
  private let values = AttributeBuffer(capacity: 1024)
  private var share: ProcessorShare?

  /// Prepares a thread that hands entries to a visitor.
  init(_ scanner: Scanner, _ visitor: EntrySink) {
    self.scanner = scanner
    self.visitor = visitor
    share = scanner.options.share
  }

  /// Does one piece of work.
  mutating func run(_ job: ScanJob) {
    share?.rest()
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
        share?.rest()
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
        scanner.failAttribute(of: node.path, error)
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
    let (scanner, values, visitor) = (self.scanner, self.values, self.visitor)
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
          scanner.failAttribute(of: node.path.appending(component: name.array), error)
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
