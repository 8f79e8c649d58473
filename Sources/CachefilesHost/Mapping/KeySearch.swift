// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
package import CachefilesStore
import LinuxIO
import Synchronization
import SystemPackage

/// Looks for the files of objects on a mounted tree: computes the key of each file until all are found.
package final class KeySearch: Sendable {
  /// What is looked for.
  package struct Target: Sendable, Equatable {
    /// The volume key; nil when only the network file system is known.
    package var volume: [UInt8]?
    /// The network file system.
    package var type: NetfsType
    /// The object's name.
    package var name: [UInt8]
    /// The key with its true length, as far as that is known.
    package var key: [UInt8]?

    /// Describes a target.
    package init(volume: [UInt8]?, type: NetfsType, name: [UInt8], key: [UInt8]?) {
      self.volume = volume
      self.type = type
      self.name = name
      self.key = key
    }
  }

  private let targets: [Target]
  private let byName: [[UInt8]: [Int]]
  private let source: any FileFactSource
  private let mounts: MountTable
  private let nfs: KernelTable<NFSVolumeLine>?
  private let found: Guarded<[Int: [UInt8]]>
  private let left: Atomic<Int>
  private let moved = Atomic<Int>(0)

  /// Prepares a search.
  package init(for targets: [Target], _ source: any FileFactSource, _ view: KernelView) {
    self.targets = targets
    self.source = source
    mounts = view.mounts ?? MountTable()
    nfs = view.nfsVolumes
    var byName: [[UInt8]: [Int]] = [:]
    for (index, target) in targets.enumerated() { byName[target.name, default: []].append(index) }
    self.byName = byName
    found = Guarded([:])
    left = Atomic(targets.count)
  }

  /// How many files and directories have been looked at.
  package var count: Int { moved.load(ordering: .relaxed) }

  /// The paths that were found, by the place of their target.
  package var paths: [Int: [UInt8]] { found.withLock { $0 } }

  /// Searches one tree. False when it was given up because its server did not answer.
  ///
  /// - Parameters:
  ///   - path: a directory on the mount.
  ///   - threads: how many walk.
  ///   - timeout: the time without any progress after which it is given up.
  ///   - failed: told of what could not be looked at, from any thread.
  package func run(
    _ path: [UInt8], threads: Int, timeout: Duration, failed: @escaping @Sendable (StoreError) -> Void
  ) -> Bool {
    let work = TimedWork<Bool>()
    let isDone = work.run(timeout: timeout) { [self] work in
      do throws(StoreError) {
        let top = try source.file(path, in: mounts)
        if top.netfs == nil {
          throw StoreError(
            path: path, operation: "search", error: .notSupported,
            note: "it is not on a network file system that can be cached")
        }
        try askForHandles(on: top)
      } catch {
        failed(error)
        return true
      }
      let walk = TreeWalk(
        threads: threads,
        isEnded: { [self] in
          work.isAbandoned || left.load(ordering: .relaxed) <= 0 || Interruption.signal != nil
        },
        step: { [self] in
          work.step()
          moved.add(1, ordering: .relaxed)
        }, failed: { if !work.isAbandoned { failed($0) } })
      source.forEachFile(below: path, in: mounts, walk) { [self] _, file in check(file) }
      return true
    }
    if isDone != nil { return true }
    failed(.givenUp(work, on: path, after: timeout))
    return false
  }

  /// NFS finds a file by its handle, without a walk, when the kernel still knows its path.
  private func askForHandles(on directory: ObservedFile) throws(StoreError) {
    guard directory.netfs == .nfs else { return }
    for target in targets where target.type == .nfs {
      guard let key = target.key,
        let bytes = NFSClientHandle.bytes(serverHandle: key, fileNumber: 0, fileType: FileFacts.regular),
        let path = source.path(of: .value(type: Int32(bytes.count / 4), bytes: bytes), on: directory.path)
      else { continue }
      check(try source.file(path, in: mounts))
    }
  }

  private func check(_ file: ObservedFile) {
    guard let mount = file.mount, let type = mount.netfs else { return }
    for key in KeyMapping(file.facts, on: mount).keys {
      guard let name = try? ObjectName.name(of: key), let indices = byName[name] else { continue }
      for index in indices where targets[index].type == type && isVolume(targets[index].volume, of: file, mount) {
        let isNew = found.withLock { found in
          if found[index] != nil { return false }
          found[index] = file.path
          return true
        }
        if isNew { left.subtract(1, ordering: .relaxed) }
      }
    }
  }

  /// Whether a volume can be one of a mount, with whatever options.
  private func isVolume(_ volume: [UInt8]?, of file: ObservedFile, _ mount: MountEntry) -> Bool {
    guard let volume else { return true }
    let line = nfs?.rows.first { $0.device == mount.device }
    let match = MountMatch(mount, file.facts, nfs: line, KnownVolumes(directory: [volume]))
    return match.candidates.contains { $0.key == volume }
  }
}
