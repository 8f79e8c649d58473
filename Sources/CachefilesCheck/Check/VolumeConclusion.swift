// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// What a scan tells about whole volumes, the graveyard and old trees, once all entries have been seen.
struct VolumeConclusion {
  let collector: FindingCollector
  let context: CheckContext
  let root: [UInt8]

  /// A volume with what was gathered about it.
  typealias Volume = (volume: ScannedVolume, tally: VolumeTally)

  /// The volumes of a scan whose directories could be looked at, each with whether all of it could.
  static func known(_ volumes: [ScannedVolume], _ tallies: [VolumeTally], _ unseen: UnseenVolumes) -> [Volume] {
    volumes.compactMap { volume -> Volume? in
      guard volume.index < tallies.count, !tallies[volume.index].path.isEmpty else { return nil }
      var tally = tallies[volume.index]
      tally.isIncomplete = tally.isIncomplete || unseen.contains(volume.key)
      return (volume, tally)
    }
    .sorted { $0.volume.key.lexicographicallyPrecedes($1.volume.key) }
  }

  /// Reports what concerns each volume on its own, and what concerns them together.
  func report(_ known: [Volume]) {
    for (volume, tally) in known {
      for judgement in VolumeJudge.judge(volume, attribute: tally.attribute, value: tally.value)
        + VolumeJudge.judge(volume, tally, context)
      {
        report(judgement, volume, tally)
      }
      reportLengths(volume, tally)
    }
    for (index, judgement) in VolumeJudge.superseded(known, context) {
      report(judgement, known[index].volume, known[index].tally)
    }
    for (index, judgement) in VolumeJudge.confusable(known.map(\.volume)) {
      report(judgement, known[index].volume, known[index].tally)
    }
  }

  private func report(_ judgement: Judgement, _ volume: ScannedVolume, _ tally: VolumeTally) {
    let decision = RepairPolicy(policy: collector.policy, context: context).decide(
      judgement.id, volume: volume.rules, dirty: tally.dirty, isIncomplete: tally.isIncomplete)
    let relative = CachePath(tally.path, below: root)
    collector.report(
      judgement.id, Finding.Subject(path: relative, tally.status), path: tally.path,
      message: judgement.message, diskBytes: Self.concernsNameOnly(judgement.id) ? 0 : tally.diskBytes, decision)
  }

  /// Whether a problem leaves what is in the volume alone.
  private static func concernsNameOnly(_ id: ProblemID) -> Bool { id == .f01 || id == .o23 || id == .v10 }

  /// For volumes of unknown type: the objects whose attribute is not as long as most.
  private func reportLengths(_ volume: ScannedVolume, _ tally: VolumeTally) {
    guard tally.lengths.count > 1,
      let usual = tally.lengths.max(by: { ($0.value.count, -$0.key) < ($1.value.count, -$1.key) })
    else { return }
    for (length, found) in tally.lengths.sorted(by: { $0.key < $1.key }) where length != usual.key {
      for example in found.examples {
        collector.report(
          .o27, example, path: example.path.bytes(below: root),
          message: "its attribute has \(length) bytes, that of most objects of the volume \(usual.key)", diskBytes: 0,
          .none)
      }
    }
  }

  /// Reports what lies in the graveyard, as a whole.
  func report(_ graveyard: CheckVisitor.GraveyardTally, _ status: FileStatus?) {
    guard graveyard.entries > 0 else { return }
    let subject = Finding.Subject(path: .graveyard, status ?? FileStatus())
    let path = CachePath.graveyard.bytes(below: root)
    collector.report(
      .g01, subject, path: path, message: "entries that wait to be removed: \(graveyard.entries)",
      diskBytes: graveyard.diskBytes, .none)
    if graveyard.strange > 0 {
      collector.report(
        .g02, subject, path: path, message: "entries with a name of another form: \(graveyard.strange)", diskBytes: 0,
        .none)
    }
  }

  /// Reports trees of the layout before 5.17, which are in use on kernels up to 5.16.
  func report(_ legacy: [[UInt8]: CheckVisitor.LegacyTally]) {
    for (name, tally) in legacy.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      let relative = CachePath.cache.appending(name)
      collector.report(
        .v02, Finding.Subject(path: relative, tally.status), path: relative.bytes(below: root),
        message: "files, which are counted only: \(tally.files)", diskBytes: tally.diskBytes,
        context.usesLegacyLayout ? .none : RepairPolicy(policy: collector.policy, context: context).decide(.v02),
        severity: context.usesLegacyLayout ? .note : nil)
    }
  }
}
