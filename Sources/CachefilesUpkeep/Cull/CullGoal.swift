package import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
package import LinuxIO

/// What a cull is to reach; everything that is given must hold.
package struct CullGoal: Sendable, Equatable {
  /// The file system has at least so many bytes available.
  package var availableBytes: UInt64?
  /// The file system has room for at least so many more files.
  package var freeFiles: UInt64?
  /// The selected objects occupy at most so many bytes.
  package var maximumBytes: UInt64?
  /// At most so many objects are selected and left.
  package var maximumObjects: Int?
  /// No selected object was last used before this moment, nanoseconds since 1970.
  package var usedSince: Int64?

  /// Asks for nothing.
  package init() {}

  /// The limits at which the kernel's own culling stops: `brun` and `frun`, computed as `cachefiles_add_cache`
  /// (fs/cachefiles/cache.c) does. A file system that does not count files has no limit for them.
  package init(_ limits: CullLimits, _ fileSystem: FileSystemStatus) {
    availableBytes = limits.brun &* fileSystem.blockSize
    if fileSystem.files > 0 { freeFiles = limits.frun }
  }

  /// What has to go, given what there is.
  func need(_ fileSystem: FileSystemStatus?, selected: CullSum) -> CullSum {
    var need = CullSum()
    if let fileSystem {
      let available = fileSystem.availableBlocks &* fileSystem.blockSize
      if let wanted = availableBytes, wanted > available { need.bytes = wanted - available }
      if let wanted = freeFiles, wanted > fileSystem.freeFiles {
        need.files = Int(clamping: wanted - fileSystem.freeFiles)
      }
    }
    if let maximum = maximumBytes, selected.bytes > maximum { need.bytes = max(need.bytes, selected.bytes - maximum) }
    if let maximum = maximumObjects, selected.objects > maximum { need.objects = selected.objects - maximum }
    return need
  }
}

extension CullGoal {
  /// What the file system lacks, in bytes and in files.
  func missing(_ fileSystem: FileSystemStatus) -> (bytes: UInt64, files: UInt64) {
    let (available, free) = (fileSystem.availableBytes, fileSystem.freeFiles)
    let (bytes, files) = (availableBytes ?? 0, freeFiles ?? 0)
    return (bytes > available ? bytes - available : 0, files > free ? files - free : 0)
  }
}

/// The place of an object in the order of culling: by last use, then by path.
struct CullKey: Comparable, Sendable, Equatable {
  /// Last access, nanoseconds since 1970.
  var accessTime: Int64
  /// The path below the root.
  var path: [UInt8]

  static func < (left: CullKey, right: CullKey) -> Bool {
    left.accessTime != right.accessTime
      ? left.accessTime < right.accessTime : left.path.lexicographicallyPrecedes(right.path)
  }
}

/// Which objects may be culled at all.
package struct CullSelection: Sendable {
  /// Which volumes, by their keys; all without it.
  package var volumes: (@Sendable ([UInt8]) -> Bool)?
  /// Which network file systems; all when empty.
  package var types: Set<NetfsType> = []
  /// Nothing that was used since this moment, nanoseconds since 1970.
  package var notUsedSince: Int64?
  /// Whether a path below the root is protected.
  package var isProtected: (@Sendable ([UInt8]) -> Bool)?
  /// Whether dirty objects go too.
  package var includesDirty = false

  /// Everything but dirty objects.
  package init() {}

  /// Whether an entry of a scan can be a victim. Whether it is dirty is looked at when its turn comes.
  @inline(__always)
  func allows(_ entry: borrowing ScanEntry) -> Bool {
    guard entry.place == .object, entry.status.kind == .regular, !entry.status.isMountPoint, let volume = entry.volume
    else { return false }
    if let limit = notUsedSince, entry.status.accessTime >= limit { return false }
    if !types.isEmpty, !types.contains(volume.type) { return false }
    return !protects(entry)
  }

  /// Whether an entry is one that the user wants to keep.
  @inline(__always)
  func protects(_ entry: borrowing ScanEntry) -> Bool {
    guard let isProtected else { return false }
    return isProtected(entry.cachePath.bytes)
  }
}
