public import CachefilesFormat
import LinuxIO

/// Where the object of a file is, or would be.
public struct FileMapping: Sendable, Equatable {
  /// One place where an object of the file can lie.
  public struct Place: Sendable, Equatable {
    /// The volume.
    public var volume: VolumeCandidate
    /// The cookie key.
    public var key: [UInt8]
    /// The path below the cache directory: `cache/I…/@xx/…`.
    public var components: [[UInt8]]
    /// Whether the mount uses this volume now, as far as can be told.
    public var isOwn: Bool
    /// Whether something stands there.
    public var exists: Bool
  }

  /// The file.
  public var file: ObservedFile
  /// All places, those that the mount uses now first; none when they cannot be told.
  public var places: [Place] = []
  /// What is said when there is no place, or none is in use: the state, and why.
  public var verdict: CopyJudgement?
  /// What of the mount could not be told, so that a place may belong to another one.
  public var uncertainty: String?

  /// The place where the object is, or else would be; nil when it cannot be told.
  public var main: Place? {
    let own = places.filter(\.isOwn)
    return own.first(where: \.exists) ?? own.first
  }

  /// The other places where something stands.
  public var others: [Place] {
    let main = main
    return places.filter { $0.exists && $0 != main }
  }

  /// Finds the places, without looking whether something stands there.
  ///
  /// - Parameters:
  ///   - file: the file.
  ///   - nfs: the kernel's table of NFS mounts; nil when there is none.
  ///   - volumes: the volumes that there are.
  init(_ file: ObservedFile, nfs: KernelTable<NFSVolumeLine>?, _ volumes: KnownVolumes) {
    self.file = file
    guard let mount = file.mount, let type = mount.netfs else {
      verdict = CopyJudgement(.unknown, "it is not on a network file system that can be cached")
      return
    }
    if type != .erofs, !mount.asksForCache {
      let option = type == .ninep ? "cache=fscache" : "fsc"
      verdict = CopyJudgement(.absent, "\(Self.words(mount)) is mounted without \(option)")
      return
    }
    let line = nfs?.rows.first { $0.device == mount.device }
    if type == .nfs, let line, !line.isCached {
      verdict = CopyJudgement(.absent, "\(Self.words(mount)) asks for caching, but the kernel says FSC no")
      return
    }
    let mapping = KeyMapping(file.facts, on: mount)
    if case .unknown(let reason) = mapping {
      verdict = CopyJudgement(.unknown, reason)
      return
    }
    let match = MountMatch(mount, file.facts, nfs: line, volumes)
    if let reason = match.reason {
      verdict = CopyJudgement(.unknown, reason)
      return
    }
    uncertainty = match.uncertainty
    let own = match.own
    for isOwn in [true, false] {
      for candidate in match.candidates where own.contains(candidate) == isOwn {
        for key in mapping.keys {
          guard let components = Self.components(volume: candidate.key, key: key) else { continue }
          places.append(Place(volume: candidate, key: key, components: components, isOwn: isOwn, exists: false))
        }
      }
    }
    if own.isEmpty {
      verdict = CopyJudgement(
        .absent,
        match.candidates.isEmpty
          ? "neither the kernel nor the cache directory has a volume of \(Self.words(mount))"
          : "the cache has only volumes of other mount options: "
            + (match.candidates.first?.differences.joined(separator: "; ") ?? ""))
    }
  }

  /// The path of an object below the cache directory; nil where a key has no name.
  static func components(volume: [UInt8], key: [UInt8]) -> [[UInt8]]? {
    let fanout = KeyHash(cookieKey: key.span, in: KeyHash(volumeKey: volume.span)).fanout
    guard let name = try? ObjectName.name(of: key), let directory = try? VolumeName.name(ofKey: volume) else {
      return nil
    }
    return [Store.cacheName.bytes, directory, fanout.directoryName, name]
  }

  private static func words(_ mount: MountEntry) -> String { "its mount \(EscapedBytes.string(mount.mountPoint))" }
}
