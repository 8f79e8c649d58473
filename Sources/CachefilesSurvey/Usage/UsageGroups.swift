// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat

/// The disk usage of a cache, divided in one way. The allocated bytes of all groups together are those of `du -s`.
package struct UsageGroups: Sendable {
  /// The ways to divide it.
  package enum Kind: String, Sendable, CaseIterable {
    /// By network file system.
    case netfs
    /// By the server that the volume key tells.
    case server
    /// By volume.
    case volume
    /// By fanout directory, over all volumes.
    case fanout
    /// By last use.
    case age
    /// By length.
    case size
    /// By encoding of the name.
    case encoding
    /// By the paths that the files have on a mount.
    case path
  }

  /// What a group holds.
  package enum Label: Sendable, Equatable {
    /// Objects of a network file system.
    case netfs(NetfsType)
    /// Objects of a server; nil where the key does not tell.
    case server(NetfsType, String?)
    /// A volume, by its key.
    case volume(NetfsType, [UInt8])
    /// A fanout directory.
    case fanout(Fanout)
    /// A class of ages: more than `above` and at most `upTo` seconds; nil where there is no such limit.
    case age(above: Int64?, upTo: Int64?)
    /// A class of lengths: more than `above` and at most `upTo` bytes.
    case size(above: UInt64?, upTo: UInt64?)
    /// An encoding: `D S T E` or `other`.
    case encoding(String)
    /// A directory of a mount, with all below it.
    case path([UInt8])
    /// Objects of a volume that no file of a mount was found for, and the volume's directories.
    case unfound(NetfsType, [UInt8])
    /// Objects of the layout before 5.17.
    case legacy
    /// What lies in the graveyard.
    case graveyard
    /// What belongs to no cache.
    case foreign
    /// Directories that are in no other group.
    case directories
  }

  /// One group.
  package struct Group: Sendable {
    /// What it holds.
    package var label: Label
    /// What it adds up to.
    package var tally: Tally
  }

  /// How it is divided.
  package let kind: Kind
  /// The groups that hold something: netfs, servers and volumes with the most bytes first, all others in their order;
  /// what is no object of a volume last.
  package let groups: [Group]

  /// Divides what a scan counted.
  ///
  /// - Parameter isApparent: whether the lengths of files count for the order, not what they occupy.
  package init(_ report: StatisticsReport, by kind: Kind, isApparent: Bool = false) {
    let volumes = Self.volumes(report, by: kind, isApparent: isApparent)
    self.init(report, kind, volumes + Self.classes(report.statistics.distributions, kind))
  }

  /// Divides what a scan counted by the directories of mounted trees in which the files are; what no file was found for
  /// stands behind them, by volume.
  ///
  /// - Parameters:
  ///   - usage: what was found on the trees.
  ///   - trees: their paths.
  ///   - levels: how many levels of directories below them are told apart.
  package init(
    _ report: StatisticsReport, by usage: PathUsage, below trees: [[UInt8]], levels: Int, isApparent: Bool = false
  ) {
    let measure: (Tally) -> UInt64 = { isApparent ? $0.fileBytes : $0.diskBytes }
    let paths = usage.groups(below: trees, levels: levels).sorted { left, right in
      let (first, second) = (measure(left.tally), measure(right.tally))
      return first == second ? left.path.lexicographicallyPrecedes(right.path) : first > second
    }
    self.init(report, .path, paths.map { Group(label: .path($0.path), tally: $0.tally) } + Self.unfound(report, usage))
  }

  /// What is left of each volume without what was found of it.
  package static func unfound(_ report: StatisticsReport, _ usage: PathUsage) -> [Group] {
    report.volumes.map { volume in
      let found = usage.volumes[volume.key] ?? Tally()
      var rest = found == Tally() ? volume.tally : Tally()
      rest.objects = max(0, volume.tally.objects - found.objects)
      rest.diskBytes = volume.tally.diskBytes - min(found.diskBytes, volume.tally.diskBytes)
      rest.fileBytes = volume.tally.fileBytes - min(found.fileBytes, volume.tally.fileBytes)
      return Group(label: .unfound(volume.type, volume.key), tally: rest)
    }
  }

  private init(_ report: StatisticsReport, _ kind: Kind, _ all: [Group]) {
    self.kind = kind
    let statistics = report.statistics
    let groups = all.filter { $0.tally != Tally() }
    var directories = Tally()
    let known = groups.reduce(0) { $0 &+ $1.tally.diskBytes }
    let others = statistics.legacy.diskBytes &+ statistics.graveyard.diskBytes &+ statistics.foreign.diskBytes
    directories.diskBytes = statistics.totals.diskBytes &- known &- others
    let rest = [
      Group(label: .legacy, tally: statistics.legacy), Group(label: .graveyard, tally: statistics.graveyard),
      Group(label: .foreign, tally: statistics.foreign), Group(label: .directories, tally: directories),
    ]
    self.groups = groups + rest.filter { $0.tally != Tally() }
  }

  /// The volumes, or what they add up to by netfs or server, most bytes first; none for the ways that go by objects.
  package static func volumes(_ report: StatisticsReport, by kind: Kind, isApparent: Bool = false) -> [Group] {
    let groups: [Group]
    switch kind {
    case .volume: groups = report.volumes.map { Group(label: .volume($0.type, $0.key), tally: $0.tally) }
    case .netfs: groups = sum(report.volumes) { .netfs($0.type) }
    case .server:
      groups = sum(report.volumes) { volume in
        .server(volume.type, NetfsVolume(volumeKey: volume.key.span, byteOrder: .host).server)
      }
    case .fanout, .age, .size, .encoding, .path: return []
    }
    let measure: (Tally) -> UInt64 = { isApparent ? $0.fileBytes : $0.diskBytes }
    return groups.enumerated().sorted { left, right in
      let (first, second) = (measure(left.element.tally), measure(right.element.tally))
      return first == second ? left.offset < right.offset : first > second
    }.map(\.element)
  }

  /// The classes of a distribution in their order, empty ones too; none for the ways that go by volumes.
  package static func classes(_ distributions: Distributions, _ kind: Kind) -> [Group] {
    switch kind {
    case .netfs, .server, .volume, .path: return []
    case .fanout:
      return distributions.fanouts.enumerated().map {
        Group(label: .fanout(Fanout(UInt8($0.offset))), tally: $0.element)
      }
    case .age:
      return zip(bounds(AgeClasses.limits), distributions.ages).map { bounds, tally in
        Group(label: .age(above: bounds.above, upTo: bounds.upTo), tally: tally)
      }
    case .size:
      return zip(bounds(SizeClass.limits), distributions.sizes).map { bounds, tally in
        Group(label: .size(above: bounds.above, upTo: bounds.upTo), tally: tally)
      }
    case .encoding:
      return zip(Encodings.names, distributions.encodings).map { Group(label: .encoding($0), tally: $1) }
    }
  }

  /// The bounds of classes of which each ends at a limit and one more follows.
  private static func bounds<T>(_ limits: [T]) -> [(above: T?, upTo: T?)] {
    (0...limits.count).map { ($0 > 0 ? limits[$0 - 1] : nil, $0 < limits.count ? limits[$0] : nil) }
  }

  /// Adds volumes up that have the same label, in the order in which the labels come up.
  private static func sum(
    _ volumes: [StatisticsReport.Volume], _ label: (StatisticsReport.Volume) -> Label
  ) -> [Group] {
    var groups: [Group] = []
    for volume in volumes {
      let label = label(volume)
      if let index = groups.firstIndex(where: { $0.label == label }) {
        groups[index].tally += volume.tally
      } else {
        groups.append(Group(label: label, tally: volume.tally))
      }
    }
    return groups
  }
}
