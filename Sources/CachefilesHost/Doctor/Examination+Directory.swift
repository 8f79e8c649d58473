// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

extension Examination {
  /// Looks at the directory, the file system below it, and what is in it.
  mutating func lookAtDirectory(_ path: FilePath, _ sources: Sources) {
    do throws(Errno) {
      let open = try OwnedDescriptor(directory: path)
      let status = try open.status()
      fileSystem = try open.fileSystem()
      if sources.isRunningKernel { mount = view.mounts?.entry(holding: open.resolvedPath ?? root) }
      if let other = daemon?.directory {
        daemon?.isSameDirectory = Self.isSame(other, status.device, status.inode)
      }
      if case .read(let read) = configuration, let named = read.directory {
        isConfiguredDirectory = Self.isSame(named, status.device, status.inode)
      }
      switch configuration {
      case .read(let read): isCacheOfThisMachine = DaemonConfiguration.isCacheDirectory(status, of: read)
      case .missing: isCacheOfThisMachine = DaemonConfiguration.isCacheDirectory(status, of: nil)
      // What cannot be told may well be so.
      case .unreadable: isCacheOfThisMachine = true
      }
    } catch {
      switch error {
      case .noSuchFileOrDirectory, .notDirectory: directory = .missing
      default: directory = .unreadable("cannot open: \(error)" + (Store.hint(error).map { " (\($0))" } ?? ""))
      }
      return
    }
    do throws(OpeningFailure) {
      let store = try Store(path: path)
      directory = Self.directory(with: store.graveyard)
      lookAt(store, sources)
    } catch {
      switch error {
      case .notACache(_, let missing):
        // A link is one of those that are damaged, wherever it leads.
        let isThere = (try? OwnedDescriptor(directory: path).status(of: Store.cacheName)) != nil
        directory = isThere ? .damaged(missing) : .notACache(missing)
      case .unreadable(let error):
        directory = .unreadable("cannot \(error.operation): \(error.error)" + (error.note.map { " (\($0))" } ?? ""))
      }
    }
  }

  /// A directory whose `cache` is one.
  private static func directory(with graveyard: GraveyardPlace) -> Directory {
    switch graveyard {
    case .directory, .nothing: .cache
    case .other(let kind): .damaged("its 'graveyard' is \(kind.words), so no kernel can bind it")
    case .unknown(let error): .unreadable("cannot look at its 'graveyard': \(error)")
    }
  }

  private static func isSame(_ path: [UInt8], _ device: UInt64, _ inode: UInt64) -> Bool? {
    guard let status = try? FileStatus.of(FilePath(bytes: path)) else { return nil }
    return status.device == device && status.inode == inode
  }

  private mutating func lookAt(_ store: borrowing Store, _ sources: Sources) {
    if sources.isRunningKernel {
      liveness = store.probeLiveness()
    }
    do throws(Errno) {
      _ = try store.root.open(Store.cacheName, .directory).attribute(CacheAttribute.name)
      hasAttributes = true
    } catch {
      if error == .notSupported || error == .notSupportedOnSocket { hasAttributes = false }
    }
    volumeKeys = Self.volumeKeys(store)
    if sources.walks {
      walk = Self.walk(store, isLive: liveness.isLive != false)
      if sources.isRunningKernel { noteMountedFiles(store) }
    }
  }

  /// Adds what is mounted over files, which the walk does not look at, by the kernel's table of mounts.
  private mutating func noteMountedFiles(_ store: borrowing Store) {
    guard let base = store.root.resolvedPath else { return }
    let cache = base.appending(component: Store.cacheName.bytes) + [UInt8(ascii: "/")]
    for mount in view.mounts?.rows ?? [] where mount.mountPoint.starts(with: cache) {
      let path = CachePath(Array(mount.mountPoint.dropFirst(base.count + 1)))
      let kind = (try? store.status(ofEntry: path.bytes))?.kind
      if kind != FileStatus.Kind.directory { walk?.mounted.add(path.bytes(below: store.path), "a mount point") }
    }
  }

  /// The keys of the volumes, by the names in `cache`.
  private static func volumeKeys(_ store: borrowing Store) -> [[UInt8]] {
    var keys: [[UInt8]] = []
    do throws(Errno) {
      let cache = try store.root.open(Store.cacheName, .directory)
      let buffer = DirectoryBuffer(capacity: 32 << 10)
      while try buffer.fill(from: cache) {
        buffer.forEach { record in
          if let key = VolumeName.key(ofName: record.name.array) { keys.append(key) }
        }
      }
    } catch {
      // The walk and the kernel's tables say what is wrong with it.
    }
    return keys.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// Walks over the directories, and looks at nothing else but the graveyard.
  private static func walk(_ store: borrowing Store, isLive: Bool) -> Walk {
    var options = ScanOptions()
    options.leavesOutRegularFiles = true
    options.isLive = isLive
    let failures = ScanProgress()
    // What is mounted there is found by the visitor.
    options.onFailure = { if $0.error != .improperLink { failures.add(1) } }
    let scanner: Scanner
    do throws(StoreError) {
      scanner = try Scanner(store, options)
    } catch {
      var walk = Walk()
      walk.failures = 1
      return walk
    }
    let device = store.rootStatus.device
    let (visitor, summary) = scanner.run { ObstacleVisitor(rootDevice: device) }
    var walk = visitor.walk
    walk.failures = failures.count
    walk.isCancelled = summary.isCancelled
    return walk
  }
}

/// Finds what makes cachefilesd end: special files in `cache`, and what cannot be removed from the graveyard.
private struct ObstacleVisitor: ScanVisitor {
  let rootDevice: UInt64
  var walk = Examination.Walk()

  init(rootDevice: UInt64) { self.rootDevice = rootDevice }

  mutating func visit(_ entry: borrowing ScanEntry) {
    let status = entry.status
    switch entry.place {
    case .root: return
    case .graveyard, .buried:
      if status.isMountPoint || status.device != rootDevice {
        walk.stuck.add(entry.path, "a mount point")
      } else if let words = status.protectingFlag {
        walk.stuck.add(entry.path, words)
      }
    default:
      if isInCache(entry), status.isMounted(below: rootDevice) { return walk.mounted.add(entry.path, "a mount point") }
      if status.kind != .directory, status.kind != .regular, isInCache(entry) {
        walk.special.add(entry.path, status.kind.words)
      }
    }
  }

  /// Whether it is below `cache`: what stands beside that is nobody's.
  private func isInCache(_ entry: borrowing ScanEntry) -> Bool {
    var node: DirectoryNode? = entry.directory
    while let current = node {
      if current.place == .cache { return true }
      node = current.parent
    }
    return entry.place == .cache
  }

  mutating func merge(_ other: consuming ObstacleVisitor) {
    walk.special.add(other.walk.special)
    walk.mounted.add(other.walk.mounted)
    walk.stuck.add(other.walk.stuck)
  }
}
