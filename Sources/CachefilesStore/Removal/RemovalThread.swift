// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import SystemPackage

/// One thread's part of a removal: it goes depth first from a directory in which it helps, with one directory open.
struct RemovalThread {
  var tally = TreeRemover.Tally()
  let remover: TreeRemover
  let mode: TreeRemover.Mode
  let buffer = DirectoryBuffer(capacity: 128 << 10)

  init(_ remover: TreeRemover) {
    self.remover = remover
    mode = remover.options.mode
  }

  // MARK: Going through the tree

  /// Works in a directory until nothing is left to do in it for this thread.
  mutating func help(_ job: TreeRemover.Job) {
    remover.take(job)
    let (node, descriptor) = (job.directory, job.descriptor)
    while !remover.isEnding {
      switch node.next() {
      case .read: read(node, descriptor.value)
      case .enter(let name):
        if remover.mayOffer(node) { remover.offer(node, descriptor) }
        descend(to: name, from: node, descriptor)
      case .nothing:
        if node.leave(), let above = node.parent, !finish(node, descriptor, above) { continue }
        return
      }
    }
  }

  /// Removes a directory below the one in which this thread helps, with everything in it.
  private mutating func descend(to name: EntryName, from base: DeadDirectory, _ shared: SharedDescriptor) {
    var node = DeadDirectory(above: base, name: name)
    var current: OwnedDescriptor
    do throws(Errno) {
      current = try enter(node, in: shared.value)
    } catch {
      let isGone = removeOther(node, base, shared.value, error)
      _ = base.end(name, isGone: isGone)
      return
    }
    while !remover.isEnding {
      switch node.next() {
      case .read: read(node, current)
      case .enter(let name):
        offer(node, current)
        let below = DeadDirectory(above: node, name: name)
        do throws(Errno) {
          let descriptor = try enter(below, in: current)
          current = descriptor
          node = below
        } catch {
          let isGone = removeOther(below, node, current, error)
          _ = node.end(name, isGone: isGone)
        }
      case .nothing:
        guard let parent = node.parent else { return }
        if parent === base {
          if leave(node, current, in: shared.value) { return }
          continue
        }
        do throws(Errno) {
          let above = try Self.up(from: current, to: parent)
          if leave(node, current, in: above) {
            current = above
            node = parent
          }
        } catch {
          abandon(node, upTo: base, error)
          return
        }
      }
    }
  }

  /// Offers work in a directory that this thread is about to leave downwards.
  private func offer(_ node: DeadDirectory, _ directory: borrowing OwnedDescriptor) {
    guard remover.mayOffer(node) else { return }
    do throws(Errno) {
      remover.offer(node, SharedDescriptor(try directory.duplicate()))
    } catch {
      // Without a descriptor for others it is done alone.
      remover.withdrawOffer(node)
    }
  }

  /// Leaves a directory upwards, and removes it where nobody else is in it. False when there is more in it.
  private mutating func leave(
    _ node: DeadDirectory, _ directory: borrowing OwnedDescriptor, in above: borrowing OwnedDescriptor
  ) -> Bool {
    guard node.leave() else { return true }
    guard let isGone = removeDirectory(node, directory, in: above) else { return false }
    // This thread is a user of the directory above: it is not the last.
    _ = node.parent?.end(node.name, isGone: isGone)
    return true
  }

  /// The last thread in a directory removes it, and those above that waited for it. False when there is more in it.
  private mutating func finish(
    _ last: DeadDirectory, _ descriptor: SharedDescriptor, _ above: DeadDirectory
  ) -> Bool {
    var (node, parent, current) = (last, above, descriptor)
    while true {
      let directory: SharedDescriptor
      do throws(Errno) {
        directory = SharedDescriptor(try Self.up(from: current.value, to: parent))
      } catch {
        fail(node.path(), error)
        abandonAbove(node)
        return true
      }
      guard let isGone = removeDirectory(node, current.value, in: directory.value) else {
        if node === last { return false }
        remover.work.push(TreeRemover.Job(directory: node, descriptor: current))
        return true
      }
      guard parent.end(node.name, isGone: isGone), let next = parent.parent else { return true }
      current = directory
      node = parent
      parent = next
    }
  }

  /// The way up is lost: what is above stays where nobody else finishes it.
  private mutating func abandon(_ node: DeadDirectory, upTo base: DeadDirectory, _ error: Errno) {
    fail(node.path(), error)
    var lost = node
    while lost !== base, let parent = lost.parent {
      if lost.leave() {
        tally.left += 1
        _ = parent.end(lost.name, isGone: false)
      }
      lost = parent
    }
  }

  /// The same where this thread is in none of them.
  private mutating func abandonAbove(_ node: DeadDirectory) {
    tally.left += 1
    var lost = node
    while let parent = lost.parent, parent.end(lost.name, isGone: false), parent.parent != nil {
      tally.left += 1
      lost = parent
    }
  }

  // MARK: Directories

  /// Opens a directory below another on the same file system, made accessible where it is not.
  private func enter(_ node: DeadDirectory, in parent: borrowing OwnedDescriptor) throws(Errno) -> OwnedDescriptor {
    let directory = try open(node.name, in: parent)
    let status = try directory.status()
    if status.isMountPoint { throw .resourceBusy }
    if status.device != remover.device { throw .improperLink }
    if mode == .pretend { try checkFlags(status) }
    if mode == .remove {
      if remover.options.clearsFlags, status.isImmutable || status.isAppendOnly { try Self.clearFlags(of: directory) }
      if status.permissions & 0o700 != 0o700 {
        // Root can do without.
        do throws(Errno) { try directory.setPermissions(0o700) } catch {}
      }
    }
    node.status = status
    return directory
  }

  private func open(_ name: EntryName, in parent: borrowing OwnedDescriptor) throws(Errno) -> OwnedDescriptor {
    do throws(Errno) {
      return try parent.open(name, .directory)
    } catch {
      guard error == .permissionDenied, mode == .remove, try parent.status(of: name).kind == .directory else {
        throw error
      }
      try parent.setPermissions(of: name, 0o700)
      return try parent.open(name, .directory)
    }
  }

  /// The directory above, if it still is the one that was left.
  private static func up(
    from directory: borrowing OwnedDescriptor, to node: DeadDirectory
  ) throws(Errno) -> OwnedDescriptor {
    let above = try directory.openParent()
    let status = try above.status()
    guard status.device == node.status.device, status.inode == node.status.inode else { throw .staleNFSFileHandle }
    return above
  }

  /// Removes a directory in which nobody is; true when it is gone, nil when there is more in it and this thread is in it.
  private mutating func removeDirectory(
    _ node: DeadDirectory, _ directory: borrowing OwnedDescriptor, in above: borrowing OwnedDescriptor
  ) -> Bool? {
    do throws(Errno) {
      if mode == .remove { try above.removeDirectory(node.name) }
      count(node.status.allocatedBytes)
      return true
    } catch {
      if error == .noSuchFileOrDirectory { return true }
      let isNotEmpty = error == .directoryNotEmpty || error == .fileExists
      if isNotEmpty, node.readAgain() {
        do throws(Errno) {
          try directory.rewind()
          return nil
        } catch {
          _ = node.leave()
        }
      }
      tally.left += 1
      // What is in it has been named already.
      if !node.hasFailures { fail(node.path(), error) }
      return false
    }
  }
}
