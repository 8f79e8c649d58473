// SPDX-License-Identifier: Apache-2.0

/// The six percentages of the configuration: at which share of free space culling ends and begins, and caching ends.
///
/// The commands `brun`, `bcull`, `bstop`, `frun`, `fcull` and `fstop` of cachefilesd.conf(5), read by
/// `cachefiles_daemon_brun` and its five siblings (fs/cachefiles/daemon.c).
public struct CullPercentages: Equatable, Sendable {
  /// Culling ends at this share of free blocks.
  public var brun = 7
  /// Culling begins below this share of free blocks.
  public var bcull = 5
  /// No new data below this share of free blocks.
  public var bstop = 1
  /// Culling ends at this share of free files.
  public var frun = 7
  /// Culling begins below this share of free files.
  public var fcull = 5
  /// No new files below this share of free files.
  public var fstop = 1

  /// The kernel's own defaults, 7, 5 and 1 (`cachefiles_daemon_open`, fs/cachefiles/daemon.c).
  public init() {}

  /// Whether the kernel would accept them: 0 ≤ stop < cull < run < 100 for blocks and for files.
  public var isValid: Bool {
    0 <= bstop && bstop < bcull && bcull < brun && brun < 100
      && 0 <= fstop && fstop < fcull && fcull < frun && frun < 100
  }

  /// The commands that set them.
  private static let names = ["brun", "bcull", "bstop", "frun", "fcull", "fstop"]

  /// One of them by the name of its command; of another name there is none, and setting it does nothing.
  private subscript(name: String) -> Int {
    get {
      switch name {
      case "brun": brun
      case "bcull": bcull
      case "bstop": bstop
      case "frun": frun
      case "fcull": fcull
      default: fstop
      }
    }
    set {
      switch name {
      case "brun": brun = newValue
      case "bcull": bcull = newValue
      case "bstop": bstop = newValue
      case "frun": frun = newValue
      case "fcull": fcull = newValue
      case "fstop": fstop = newValue
      default: break
      }
    }
  }

  /// Sets one of them by the name of its command; nothing for another name.
  public mutating func set(_ name: String, to value: Int) { self[name] = value }

  /// The commands that turn these percentages into others one by one, so that they are valid after each: the kernel refuses
  /// what is not, even for a moment. Nothing where that cannot be.
  public func steps(to wanted: CullPercentages) -> [(name: String, value: Int)] {
    guard isValid, wanted.isValid else { return [] }
    var (now, steps) = (self, [(name: String, value: Int)]())
    while now != wanted {
      // There always is one: if run cannot be raised yet, stop and cull can be lowered first.
      guard let name = Self.names.first(where: { now.canSet($0, to: wanted[$0]) }) else { return steps }
      now[name] = wanted[name]
      steps.append((name, wanted[name]))
    }
    return steps
  }

  private func canSet(_ name: String, to value: Int) -> Bool {
    var changed = self
    changed[name] = value
    return changed != self && changed.isValid
  }
}
