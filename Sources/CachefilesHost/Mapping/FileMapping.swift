// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
import CachefilesStore
package import LinuxIO
package import SystemPackage

/// Where the object of a file is, or would be.
package struct FileMapping: Sendable, Equatable {
  /// One place where an object of the file can lie.
  package struct Place: Sendable, Equatable {
    /// What stands in a place.
    package enum Standing: Sendable, Equatable {
      /// Nothing, or it was not looked at.
      case nothing
      /// A file of some type.
      case entry(FileStatus)
      /// Something that cannot be looked at.
      case unreadable(Errno)
    }

    /// The volume and its directory.
    let holder: MountVolume
    /// The cookie key.
    package let key: [UInt8]
    /// The directory in the volume.
    let fanout: Fanout
    /// The object's name.
    let name: EntryName
    /// What stands there.
    package var standing = Standing.nothing

    /// The volume.
    package var volume: VolumeCandidate { holder.candidate }
    /// The path below the cache directory: `cache/I…/@xx/…`.
    package var components: [[UInt8]] { [Store.cacheName.bytes, holder.name, fanout.directoryName, name.bytes] }
    /// Whether the mount uses this volume now, as far as can be told.
    package var isOwn: Bool { holder.isOwn }
    /// Whether something stands there.
    package var exists: Bool { standing != .nothing }
  }

  /// The file.
  package var file: ObservedFile
  /// All places, those that the mount uses now first; none when they cannot be told.
  package var places: [Place] = []
  /// What is said when there is no place, or none is in use: the state, and why.
  package var verdict: CachedFileJudgement?
  /// What of the mount could not be told, so that a place may belong to another one.
  package var uncertainty: String?

  /// The place where the object is, or else would be; nil when it cannot be told.
  package var main: Place? { mainIndex.map { places[$0] } }

  /// The other places where something stands.
  package var others: [Place] { otherIndices.map { places[$0] } }

  /// Where the first of ``others`` is, without copying any: it is asked for each of millions of files.
  var firstOther: Int? { otherIndices.first }

  private var mainIndex: Int? {
    places.firstIndex { $0.isOwn && $0.exists } ?? places.firstIndex(where: \.isOwn)
  }

  private var otherIndices: some Collection<Int> {
    let main = mainIndex
    return places.indices.lazy.filter { $0 != main && places[$0].exists }
  }

  /// Finds the places, without looking whether something stands there.
  ///
  /// - Parameters:
  ///   - file: the file.
  ///   - mount: what it has in common with the other files of its mount.
  init(_ file: ObservedFile, _ mount: MountVolumes) {
    self.file = file
    if let refusal = mount.refusal {
      verdict = refusal
      return
    }
    guard let held = file.held else { return }
    let mapping = KeyMapping(file.facts, in: held.netfs, on: held.entry)
    if case .unknown(let reason) = mapping {
      verdict = CachedFileJudgement(.unknown, reason)
      return
    }
    uncertainty = mount.uncertainty
    verdict = mount.verdict
    let named = mapping.keys.compactMap { key -> (key: [UInt8], name: EntryName)? in
      guard let name = try? ObjectName.name(of: key), let entryName = EntryName(name) else { return nil }
      return (key, entryName)
    }
    places.reserveCapacity(named.count * mount.volumes.count)
    for volume in mount.volumes {
      for (key, name) in named {
        let fanout = KeyHash(cookieKey: key.span, in: volume.hash).fanout
        places.append(Place(holder: volume, key: key, fanout: fanout, name: name))
      }
    }
  }
}
