// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO
import SystemPackage

/// Whether a directory is a cache at all. Any directory may have one named `cache` in it, `/var` for one: an empty variable
/// or a slip of the finger is enough to name it.
extension Store {
  /// What kernels make in `cache`, and what they do not.
  private enum Origin {
    /// A volume or a directory of the layout before 5.17.
    case kernel
    /// Neither speaks for a cache nor against it.
    case either
    /// Nothing of a cache.
    case foreign
  }

  /// Why this is surely no cache, in words that go on from its path; nil when it may be one.
  ///
  /// It is none when there is something in `cache`, but nothing at all that a kernel makes: a volume of a known netfs, a
  /// directory `I…` with the kernel's attribute or with fanout directories, or a directory of the layout before 5.17.
  ///
  /// - Throws: ``StoreError`` when `cache` cannot be listed.
  package func reasonNotACache() throws(StoreError) -> String? {
    var names: [(name: [UInt8], kind: FileStatus.Kind)] = []
    var isKernels = false
    try forEachCacheEntry { name, kind in
      guard !isKernels else { return }
      isKernels = Self.isKernels(name, kind)
      if !isKernels { names.append((name.array, kind)) }
    }
    if isKernels { return nil }
    var foreign: [UInt8]?
    for entry in names {
      switch origin(of: entry.name, entry.kind) {
      case .kernel: return nil
      case .either: break
      case .foreign: if foreign == nil || entry.name.lexicographicallyPrecedes(foreign ?? []) { foreign = entry.name }
      }
    }
    return foreign.map { "is no cache: nothing in its 'cache' is a kernel's, '\(EscapedBytes.string($0))' for one" }
  }

  /// Whether a name alone tells that a kernel made it.
  private static func isKernels(_ name: Span<UInt8>, _ kind: FileStatus.Kind) -> Bool {
    if Fanout(directoryName: name) != nil { return kind == .directory || kind == .unknown }
    return VolumeName.key(ofName: name).map { NetfsType(volumeKey: $0.span) != .unknown } ?? false
  }

  private func origin(of name: [UInt8], _ kind: FileStatus.Kind) -> Origin {
    // Where `cache` is a file system of its own.
    if name == Array("lost+found".utf8) { return .either }
    guard name.first == VolumeName.prefix, kind == .directory || kind == .unknown else { return .foreign }
    do throws(Errno) {
      return try withEntry(Self.cacheName.bytes.appending(component: name), .directory) {
        (directory) throws(Errno) -> Origin in
        if try directory.attribute(CacheAttribute.name) != nil { return .kernel }
        let buffer = DirectoryBuffer(capacity: 16 << 10)
        var origin = Origin.either
        while origin != .kernel, try buffer.fill(from: directory) {
          buffer.forEach { record in
            if Fanout(directoryName: record.name) != nil { origin = .kernel }
            if origin != .kernel { origin = .foreign }
          }
        }
        return origin
      }
    } catch {
      return error == .notDirectory ? .foreign : .either
    }
  }
}
