// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

extension SystemFacts {
  /// Calls a closure for each regular file below a directory, from several threads. The walk stays on the mount: what is
  /// mounted below, and file systems of the server that would be mounted when they are entered, are left out. Symbolic
  /// links are not followed.
  package func forEachFile(
    below path: [UInt8], in mounts: MountTable, _ walk: TreeWalk,
    _ body: @escaping @Sendable (Int, ObservedFile) -> Void
  ) {
    do throws(Errno) {
      let top = try MountedFile(path: FilePath(bytes: path))
      let status = try top.status()
      let mount = top.resolvedPath.flatMap { mounts.entry(holding: $0) }
      let tree = FileTree(
        mount: mount.map(ObservedMount.init), device: FileTree.device(of: status), walk: walk, body: body)
      tree.run(SharedDescriptor(try top.openDirectory()), path: path)
    } catch {
      walk.failed(StoreError(path: path, operation: "open the directory", error: error))
    }
  }
}

extension SystemFacts {
  /// The path of the file that has a handle: `open_by_handle_at`, which needs `CAP_DAC_READ_SEARCH`. The kernel knows a
  /// path only of files that somebody looked up lately.
  package func path(of handle: FileFacts.Handle, on directory: [UInt8]) -> [UInt8]? {
    guard case .value(let type, let bytes) = handle else { return nil }
    do throws(Errno) {
      let found = try MountedFile(path: FilePath(bytes: directory)).open(MountedHandle(type: type, bytes: bytes))
      guard let path = found.path else { return nil }
      let status = try MountedFile(path: FilePath(bytes: path)).status()
      let isSame =
        status.inode == found.status.inode && FileTree.device(of: status) == FileTree.device(of: found.status)
      return isSame && status.kind == .regular ? path : nil
    } catch {
      return nil
    }
  }
}

/// A walk over a mounted tree by several threads.
private final class FileTree: Sendable {
  /// A directory that was seen and not yet read. It keeps the one above open until it is taken; the newest is taken
  /// first, so that few are open.
  private struct Job: Sendable {
    var parent: SharedDescriptor
    /// Nil for the directory at the top, which is the parent itself.
    var name: EntryName?
    var path: [UInt8]
  }

  private let mount: ObservedMount?
  private let device: MountDevice
  private let walk: TreeWalk
  private let body: @Sendable (Int, ObservedFile) -> Void
  private let jobs = WorkList<Job>()

  init(
    mount: ObservedMount?, device: MountDevice, walk: TreeWalk, body: @escaping @Sendable (Int, ObservedFile) -> Void
  ) {
    self.mount = mount
    self.device = device
    self.walk = walk
    self.body = body
  }

  static func device(of status: MountedStatus) -> MountDevice {
    MountDevice(major: status.deviceMajor, minor: status.deviceMinor)
  }

  func run(_ top: SharedDescriptor, path: [UInt8]) {
    DescriptorLimit.raise(to: 4096)
    jobs.push(Job(parent: top, name: nil, path: path))
    _ = Workers.run(count: walk.threads) { [self] number in
      let buffer = DirectoryBuffer(capacity: 64 << 10)
      jobs.run { job in
        if walk.isEnded() { return jobs.cancel() }
        do throws(Errno) {
          try read(job, number, buffer)
        } catch {
          walk.failed(StoreError(path: job.path, operation: "list", error: error))
        }
      }
      return number
    }
  }

  private func read(_ job: Job, _ number: Int, _ buffer: DirectoryBuffer) throws(Errno) {
    guard let directory = try open(job) else { return }
    walk.step()
    var below: [Job] = []
    while try buffer.fill(from: directory.value) {
      buffer.forEach { record in
        if walk.isEnded() { return }
        guard let name = record.entryName else { return }
        switch record.kind {
        case .directory:
          below.append(Job(parent: directory, name: name, path: job.path.appending(component: name.bytes)))
        case .regular, .unknown:
          let path = job.path.appending(component: name.bytes)
          if look(at: name, path, in: directory.value, number) {
            below.append(Job(parent: directory, name: name, path: path))
          }
        default: break
        }
      }
      walk.step()
    }
    if walk.isRecursive { jobs.push(contentsOf: below) }
  }

  /// The directory of a job; nil when it is on another mount, or is no directory any more.
  private func open(_ job: Job) throws(Errno) -> SharedDescriptor? {
    guard let name = job.name else { return job.parent }
    let entry = try MountedFile(name, in: job.parent.value)
    let status = try entry.status()
    guard status.kind == .directory, !status.isMountPoint, Self.device(of: status) == device else { return nil }
    return SharedDescriptor(try entry.openDirectory())
  }

  /// Passes a file on. True when the entry turns out to be a directory.
  private func look(
    at name: EntryName, _ path: [UInt8], in directory: borrowing OwnedDescriptor, _ number: Int
  ) -> Bool {
    do throws(Errno) {
      let status = try directory.mountedStatus(of: name)
      walk.step()
      if status.kind == .directory { return true }
      guard status.kind == .regular, !status.isMountPoint else { return false }
      let facts = walk.asksStatusOnly ? FileFacts(status) : try FileFacts(status, of: name, in: directory, mount?.netfs)
      body(number, ObservedFile(path: path, facts: facts, on: mount))
    } catch {
      // Removed meanwhile is no failure.
      if error != .noSuchFileOrDirectory {
        walk.failed(StoreError(path: path, operation: "look at", error: error))
      }
    }
    return false
  }
}
