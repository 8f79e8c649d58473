// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// A directory that a sample is written into. Unless ``keep()`` is called, what was made is removed with the value.
struct SampleDirectory: ~Copyable {
  let path: [UInt8]
  let root: OwnedDescriptor
  private let wasMade: Bool
  private var isKept = false

  /// Makes the directory, or takes an empty one, and makes sure that it can hold a cache.
  init(path: FilePath) throws(SampleFailure) {
    let bytes = path.bytes
    try Self.checkSurroundings(of: path)
    let wasMade: Bool
    do throws(Errno) {
      wasMade = try OwnedDescriptor.makeDirectory(path: path, permissions: 0o755)
    } catch {
      throw .failed(StoreError(path: bytes, operation: "make the directory", error: error))
    }
    let root: OwnedDescriptor
    do throws(Errno) { root = try OwnedDescriptor(directory: path) } catch {
      if wasMade { try? OwnedDescriptor.removeDirectory(path: path) }
      throw .failed(StoreError(path: bytes, operation: "open the directory", error: error))
    }
    var foreign = 0
    var failure: SampleFailure?
    do throws(Errno) {
      let buffer = DirectoryBuffer(capacity: 8192)
      while try buffer.fill(from: root) {
        buffer.forEach { record in if !record.name.equals("lost+found") { foreign += 1 } }
      }
      if foreign > 0 {
        failure = .notEmpty(path: bytes)
      } else {
        // File systems without user attributes say so when one is read: nothing has to be written to find out.
        _ = try root.attribute(CacheAttribute.name)
      }
    } catch {
      failure =
        error == .notSupported || error == .notSupportedOnSocket
        ? .noAttributes(path: bytes)
        : .failed(StoreError(path: bytes, operation: "look into the directory", error: error))
    }
    if let failure {
      if wasMade { try? OwnedDescriptor.removeDirectory(path: path) }
      throw failure
    }
    self.path = bytes
    self.root = root
    self.wasMade = wasMade
  }

  /// Nothing of ours is made in a cache that is there.
  private static func checkSurroundings(of path: FilePath) throws(SampleFailure) {
    var isInside = false
    do throws(Errno) { isInside = try Containment.isInSomeCache(path) } catch {
      // The directory itself cannot be made then, which is told.
      if error != .noSuchFileOrDirectory, error != .notDirectory {
        throw .failed(StoreError(path: path.bytes, operation: "make the directory", error: error))
      }
    }
    if isInside {
      throw .failed(
        StoreError(
          path: path.bytes, operation: "make the directory", error: .invalidArgument, note: "it would lie in a cache"))
    }
  }

  /// Keeps what was written.
  mutating func keep() { isKept = true }

  deinit {
    guard !isKept else { return }
    for name in [Store.cacheName, Store.graveyardName] { TreeRemover.remove(name, in: root) }
    if wasMade { try? OwnedDescriptor.removeDirectory(path: FilePath(bytes: path)) }
  }
}
