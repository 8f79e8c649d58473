package import CachefilesFormat
package import LinuxIO
import Synchronization
package import SystemPackage

/// What an entry of a cache directory is, by the place where it stands. Its kind of file is another matter.
package enum EntryPlace: UInt8, Sendable, CaseIterable {
  /// The root directory.
  case root
  /// `cache`.
  case cache
  /// `cache/I…`.
  case volume
  /// `cache/I…/@xx`.
  case fanout
  /// Whatever has an object's place: an entry of a fanout directory.
  case object
  /// Everything below `cache/@xx`: the layout before 5.17.
  case legacy
  /// `graveyard`.
  case graveyard
  /// Everything below it.
  case buried
  /// Everything else.
  case foreign

  /// The place of an entry of a directory at this place.
  @inline(__always)
  package func child(named name: Span<UInt8>) -> EntryPlace {
    switch self {
    case .root:
      if name.equals("cache") { return .cache }
      return name.equals("graveyard") ? .graveyard : .foreign
    case .cache:
      if name.count > 0, name[0] == VolumeName.prefix { return .volume }
      return Fanout(directoryName: name) == nil ? .foreign : .legacy
    case .volume: return Fanout(directoryName: name) == nil ? .foreign : .fanout
    case .fanout: return .object
    case .legacy: return .legacy
    case .graveyard, .buried: return .buried
    case .object, .foreign: return .foreign
    }
  }
}

/// What is asked of a volume for each of its objects: numbers, which threads can copy without counting references.
package struct VolumeTraits: Sendable {
  /// The volume's number within the scan, from 0.
  package let index: Int
  /// The netfs that its key tells.
  package let type: NetfsType
  /// The hash that salts the hashes of its objects.
  package let hash: KeyHash
}

/// A volume that a scan came across.
package final class ScannedVolume: Sendable {
  /// The volume key.
  package let key: [UInt8]
  /// What is asked for each of its objects.
  package let traits: VolumeTraits

  /// Its number within the scan, from 0.
  package var index: Int { traits.index }
  /// The netfs that the key tells.
  package var type: NetfsType { traits.type }
  /// The hash that salts the hashes of its objects.
  package var hash: KeyHash { traits.hash }

  package init(index: Int, key: [UInt8]) {
    self.key = key
    traits = VolumeTraits(
      index: index, type: NetfsType(volumeKey: key.span), hash: KeyHash(volumeKey: key.span))
  }
}

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
  private let state = Mutex(State())

  private struct State {
    var descriptor: SharedDescriptor?
    var device: UInt64 = 0
    var inode: UInt64 = 0
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
    state.withLock { $0 = State(descriptor: descriptor, device: status.device, inode: status.inode) }
  }

  /// Lets go of the descriptor; it closes when nobody uses it, and ``descriptor()`` opens it again.
  package func release() { state.withLock { $0.descriptor = nil } }

  /// The way to it from the root, and the directories on it, as the scan saw them; nil for a name that is none.
  var seen: SeenDirectory? {
    var steps: [SeenDirectory.Step] = []
    var node = self
    while let parent = node.parent {
      guard let name = EntryName(node.name) else { return nil }
      let (device, inode) = node.state.withLock { ($0.device, $0.inode) }
      steps.append(SeenDirectory.Step(name: name, device: device, inode: inode))
      node = parent
    }
    return SeenDirectory(steps: steps.reversed())
  }

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

/// A descriptor that several threads use; it closes with the last of them.
package final class SharedDescriptor: Sendable {
  /// How many are open.
  static let openCount = Atomic<Int>(0)

  /// The descriptor.
  package let value: OwnedDescriptor

  package init(_ value: consuming OwnedDescriptor) {
    self.value = value
    Self.openCount.add(1, ordering: .relaxed)
  }

  deinit { Self.openCount.subtract(1, ordering: .relaxed) }
}

extension Span where Element == UInt8 {
  /// Whether the bytes are those of a text that is known when the program is written.
  @inline(__always)
  package func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    let other = text.utf8Start
    for index in 0..<count where self[index] != other[index] { return false }
    return true
  }
}
