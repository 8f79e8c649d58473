// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import LinuxIO
import Synchronization
package import SystemPackage

/// A directory of a scan: its place in the tree, and its descriptor while that is open.
package final class DirectoryNode: Sendable {
  /// The directory above; nil for the root.
  package var parent: DirectoryNode? { above }
  // Changes only while the node goes away, when nobody else can see it.
  nonisolated(unsafe) private var above: DirectoryNode?
  /// The name in the directory above; the path for the root.
  package let name: [UInt8]
  /// What it is.
  package let place: EntryPlace
  /// The number of directories above.
  package let depth: Int
  /// The volume it belongs to.
  package let volume: ScannedVolume?
  /// The number of the fanout directory that it is.
  package let fanout: UInt8?
  private let state = Guarded(State())

  private struct State {
    var descriptor: SharedDescriptor?
    var device: UInt64 = 0
    var inode: UInt64 = 0
    var isProtected = false
  }

  package init(parent: DirectoryNode?, name: [UInt8], place: EntryPlace, volume: ScannedVolume?) {
    above = parent
    self.name = name
    self.place = place
    self.volume = volume
    depth = (parent?.depth ?? -1) + 1
    fanout = place == .fanout ? Fanout(directoryName: name.span)?.number : nil
  }

  /// Lets a long chain of directories go one by one; left to itself the release would recurse as deep as the chain.
  deinit {
    var chain = above
    above = nil
    while isKnownUniquelyReferenced(&chain) {
      let next = chain?.above
      chain?.above = nil
      chain = next
    }
  }

  /// The path as bytes, from the root's path on.
  package var path: [UInt8] {
    var components: [[UInt8]] = []
    var node: DirectoryNode? = self
    while let current = node {
      components.append(current.name)
      node = current.parent
    }
    var path = components.popLast() ?? []
    for component in components.reversed() { path = path.appending(component: component) }
    return path
  }

  /// The path below the root.
  package var cachePath: CachePath {
    var components: [[UInt8]] = []
    var node = self
    while let above = node.parent {
      components.append(node.name)
      node = above
    }
    return CachePath(Array(components.reversed().joined(separator: [UInt8(ascii: "/")])))
  }

  /// Keeps a descriptor of the directory, and which directory it is.
  package func adopt(_ descriptor: SharedDescriptor, _ status: FileStatus) {
    state.withLock {
      $0 = State(
        descriptor: descriptor, device: status.device, inode: status.inode,
        isProtected: status.protectingFlag != nil)
    }
  }

  /// Lets go of the descriptor; it closes when nobody uses it, and ``descriptor()`` opens it again.
  package func release() { state.withLock { $0.descriptor = nil } }

  /// Which directory it is, as the scan saw it.
  var identity: (device: UInt64, inode: UInt64) { state.withLock { ($0.device, $0.inode) } }

  /// Whether the directory was immutable or append-only when it was opened: nothing can be removed from it.
  package var isProtected: Bool { state.withLock { $0.isProtected } }

  /// A descriptor of the directory, opened again from the nearest open directory above where it was let go.
  ///
  /// A directory that is no longer the one that was scanned gives ESTALE.
  package func descriptor() throws(Errno) -> SharedDescriptor {
    var closed: [DirectoryNode] = []
    var node = self
    while true {
      if let open = node.state.withLock({ $0.descriptor }) {
        var current = open
        for step in closed.reversed() {
          guard let name = EntryName(step.name) else { throw .invalidArgument }
          let next = SharedDescriptor(try current.value.open(name, .directory))
          let status = try next.value.status()
          let (device, inode) = step.state.withLock { ($0.device, $0.inode) }
          guard status.device == device, status.inode == inode else { throw .staleNFSFileHandle }
          current = next
        }
        return current
      }
      closed.append(node)
      guard let parent = node.parent else { throw .badFileDescriptor }
      node = parent
    }
  }
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

extension DirectoryNode {
  /// Directories and those above them but for the root, each once and after the one above it.
  package static func chains(of nodes: some Sequence<DirectoryNode>) -> [DirectoryNode] {
    var seen: Set<ObjectIdentifier> = []
    var chains: [DirectoryNode] = []
    for node in nodes {
      var chain: [DirectoryNode] = []
      var next: DirectoryNode? = node
      while let current = next, current.parent != nil, seen.insert(ObjectIdentifier(current)).inserted {
        chain.append(current)
        next = current.parent
      }
      chains += chain.reversed()
    }
    return chains
  }

  /// Opens the directory by its name once more: from now on it is the one that stands in its place, and the one that was scanned, or
  /// none. Where many are open it is opened each time that it is used.
  package func openAnew() {
    release()
    guard SharedDescriptor.openCount.load(ordering: .relaxed) < Self.openLimit else { return }
    // Who uses it comes to know why it cannot be opened.
    guard let descriptor = try? descriptor(), let status = try? descriptor.value.status() else { return }
    adopt(descriptor, status)
  }
}
