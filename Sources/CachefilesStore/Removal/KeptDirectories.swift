// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import SystemPackage

/// Directories that one thread has opened and checked, kept open for the entries of them that come next: victims of a cull stand in a
/// few hundred directories, in no order.
///
/// A directory that is kept is one that was reached from the root without a link, and was the one that the scan saw. Before each use
/// it is asked, by `..`, whether it still stands below the directory that it was reached from, up to the root: one that was moved
/// away meanwhile is not used any more.
final class KeptDirectories {
  private struct Kept {
    let descriptor: SharedDescriptor
    let status: FileStatus
  }

  private let root: SharedDescriptor
  private let rootStatus: FileStatus
  private var kept: [ObjectIdentifier: Kept] = [:]
  /// The nodes stay, so that no other gets the identity of one.
  private var nodes: [DirectoryNode] = []

  /// At most so many are open.
  private static let limit = max(16, min(1024, DirectoryNode.openLimit / 2))

  /// Keeps none yet.
  init(_ root: SharedDescriptor, _ status: FileStatus) {
    self.root = root
    rootStatus = status
  }

  /// The directory, open and where it was.
  ///
  /// - Throws: `Errno`; ESTALE where another directory stands, EXDEV where something is mounted, ENOTDIR or ELOOP for a link.
  func open(_ node: DirectoryNode) throws(Errno) -> SharedDescriptor {
    if kept[ObjectIdentifier(node)] != nil {
      if let descriptor = try stillThere(node) { return descriptor }
      forget()
    }
    return try reach(node).descriptor
  }

  private func forget() {
    kept = [:]
    nodes = []
  }

  /// The kept directory, if it and all above it stand where they were.
  private func stillThere(_ node: DirectoryNode) throws(Errno) -> SharedDescriptor? {
    var current = node
    while let parent = current.parent {
      guard let child = kept[ObjectIdentifier(current)] else { return nil }
      let above = parent.parent == nil ? rootStatus : kept[ObjectIdentifier(parent)]?.status
      guard let above else { return nil }
      let now = try child.descriptor.value.parentStatus()
      guard now.inode == above.inode, now.device == above.device else { return nil }
      current = parent
    }
    return kept[ObjectIdentifier(node)]?.descriptor
  }

  /// Opens it from the nearest kept directory above.
  private func reach(_ node: DirectoryNode) throws(Errno) -> Kept {
    guard let parent = node.parent else { return Kept(descriptor: root, status: rootStatus) }
    if let known = kept[ObjectIdentifier(node)] { return known }
    let above = try reach(parent)
    guard let name = EntryName(node.name) else { throw .invalidArgument }
    let descriptor = SharedDescriptor(try above.descriptor.value.open(name, .directory))
    let status = try descriptor.value.status()
    guard !status.isMountPoint else { throw .improperLink }
    let seen = node.identity
    guard status.device == seen.device, status.inode == seen.inode else { throw .staleNFSFileHandle }
    if kept.count >= Self.limit { forget() }
    let known = Kept(descriptor: descriptor, status: status)
    kept[ObjectIdentifier(node)] = known
    nodes.append(node)
    return known
  }
}
