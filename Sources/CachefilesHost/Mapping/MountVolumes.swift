// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// What all files of a mount have in common: the volumes that their objects can lie in. It is found once, not for each
/// of millions of files. On AFS a mount has many volumes, and this is about one of them.
final class MountVolumes: Sendable {
  /// Which mount and, on AFS, which cell and volume.
  struct Identity: Hashable, Sendable {
    private var mount: Int
    private var device: MountDevice
    private var cell: [UInt8] = []
    private var volume: UInt64 = 0

    init(_ mount: ObservedMount, _ facts: FileFacts) {
      self.mount = mount.entry.number
      device = mount.entry.device
      guard mount.netfs == .afs, case .value(let text) = facts.afsFile, let file = AFSFileIdentifier(text),
        case .value(let cell) = facts.afsCell
      else { return }
      self.cell = cell
      volume = file.volumeID
    }
  }

  /// The volumes: those that the mount uses now first.
  let volumes: [MountVolume]
  /// What is said of every file before its key is asked for; nil when there is nothing to say.
  let refusal: CachedFileJudgement?
  /// What is said of a file whose key is known; nil when the mount uses a volume.
  let verdict: CachedFileJudgement?
  /// What of the mount could not be told, so that a volume may belong to another one.
  let uncertainty: String?

  /// - Parameters:
  ///   - mount: the mount; nil when the file is on none that is known.
  ///   - facts: a file on it; AFS tells the volume of each file.
  ///   - nfs: the kernel's table of NFS mounts; nil when there is none.
  ///   - known: the volumes that there are.
  convenience init(_ mount: MountEntry?, _ facts: FileFacts, nfs: KernelTable<NFSVolumeLine>?, _ known: KnownVolumes) {
    guard let mount, let type = mount.netfs else {
      self.init(refusal: CachedFileJudgement(.unknown, "it is not on a network file system that can be cached"))
      return
    }
    if type != .erofs, !mount.asksForCache {
      let option = type == .ninep ? "cache=fscache" : "fsc"
      self.init(refusal: CachedFileJudgement(.absent, "\(Self.words(mount)) is mounted without \(option)"))
      return
    }
    let line = nfs?.rows.first { $0.device == mount.device }
    if type == .nfs, let line, !line.isCached {
      self.init(
        refusal: CachedFileJudgement(.absent, "\(Self.words(mount)) asks for caching, but the kernel says FSC no"))
      return
    }
    let match = MountMatch(mount, facts, nfs: line, known)
    if let reason = match.reason {
      self.init(verdict: CachedFileJudgement(.unknown, reason))
      return
    }
    let own = match.own
    var volumes: [MountVolume] = []
    for isOwn in [true, false] {
      for candidate in match.candidates where own.contains(candidate) == isOwn {
        guard let name = try? VolumeName.name(ofKey: candidate.key) else { continue }
        volumes.append(MountVolume(candidate, isOwn: isOwn, name: name))
      }
    }
    self.init(
      volumes: volumes, verdict: own.isEmpty ? Self.absence(match, mount) : nil, uncertainty: match.uncertainty)
  }

  private init(
    volumes: [MountVolume] = [], refusal: CachedFileJudgement? = nil, verdict: CachedFileJudgement? = nil,
    uncertainty: String? = nil
  ) {
    self.volumes = volumes
    self.refusal = refusal
    self.verdict = verdict
    self.uncertainty = uncertainty
  }

  /// Of a mount that uses no volume that is there.
  private static func absence(_ match: MountMatch, _ mount: MountEntry) -> CachedFileJudgement {
    CachedFileJudgement(
      .absent,
      match.candidates.isEmpty
        ? "neither the kernel nor the cache directory has a volume of \(words(mount))"
        : "the cache has only volumes of other mount options: "
          + (match.candidates.first?.differences.joined(separator: "; ") ?? ""))
  }

  private static func words(_ mount: MountEntry) -> String { "its mount \(EscapedBytes.string(mount.mountPoint))" }
}
