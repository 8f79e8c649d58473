// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// What all files of a mount have in common: the volumes that their objects can lie in. It is found once, not for each
/// of millions of files. On AFS a mount has many volumes, and this is about one of them.
struct MountVolumes: Sendable {
  /// A volume, and what the places in it begin with.
  struct Volume: Sendable {
    var candidate: VolumeCandidate
    /// Whether the mount uses it now, as far as can be told.
    var isOwn: Bool
    /// The name of its directory.
    var name: [UInt8]
    var hash: KeyHash
  }

  /// Which mount and, on AFS, which cell and volume.
  struct Identity: Hashable, Sendable {
    private var mount: Int
    private var device: MountDevice
    private var cell: [UInt8] = []
    private var volume: UInt64 = 0

    init(_ mount: MountEntry, _ facts: FileFacts) {
      self.mount = mount.number
      device = mount.device
      guard mount.netfs == .afs, case .value(let text) = facts.afsFile, let file = AFSFileIdentifier(text),
        case .value(let cell) = facts.afsCell
      else { return }
      self.cell = cell
      volume = file.volumeID
    }
  }

  /// The volumes: those that the mount uses now first.
  private(set) var volumes: [Volume] = []
  /// What is said of every file before its key is asked for; nil when there is nothing to say.
  private(set) var refusal: CachedFileJudgement?
  /// What is said of a file whose key is known; nil when the mount uses a volume.
  private(set) var verdict: CachedFileJudgement?
  /// What of the mount could not be told, so that a volume may belong to another one.
  private(set) var uncertainty: String?

  /// - Parameters:
  ///   - mount: the mount; nil when the file is on none that is known.
  ///   - facts: a file on it; AFS tells the volume of each file.
  ///   - nfs: the kernel's table of NFS mounts; nil when there is none.
  ///   - known: the volumes that there are.
  init(_ mount: MountEntry?, _ facts: FileFacts, nfs: KernelTable<NFSVolumeLine>?, _ known: KnownVolumes) {
    guard let mount, let type = mount.netfs else {
      refusal = CachedFileJudgement(.unknown, "it is not on a network file system that can be cached")
      return
    }
    if type != .erofs, !mount.asksForCache {
      let option = type == .ninep ? "cache=fscache" : "fsc"
      refusal = CachedFileJudgement(.absent, "\(Self.words(mount)) is mounted without \(option)")
      return
    }
    let line = nfs?.rows.first { $0.device == mount.device }
    if type == .nfs, let line, !line.isCached {
      refusal = CachedFileJudgement(.absent, "\(Self.words(mount)) asks for caching, but the kernel says FSC no")
      return
    }
    let match = MountMatch(mount, facts, nfs: line, known)
    if let reason = match.reason {
      verdict = CachedFileJudgement(.unknown, reason)
      return
    }
    uncertainty = match.uncertainty
    let own = match.own
    for isOwn in [true, false] {
      for candidate in match.candidates where own.contains(candidate) == isOwn {
        guard let name = try? VolumeName.name(ofKey: candidate.key) else { continue }
        volumes.append(
          Volume(candidate: candidate, isOwn: isOwn, name: name, hash: KeyHash(volumeKey: candidate.key.span)))
      }
    }
    if own.isEmpty {
      verdict = CachedFileJudgement(
        .absent,
        match.candidates.isEmpty
          ? "neither the kernel nor the cache directory has a volume of \(Self.words(mount))"
          : "the cache has only volumes of other mount options: "
            + (match.candidates.first?.differences.joined(separator: "; ") ?? ""))
    }
  }

  private static func words(_ mount: MountEntry) -> String { "its mount \(EscapedBytes.string(mount.mountPoint))" }
}
