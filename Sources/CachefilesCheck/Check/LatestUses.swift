// SPDX-License-Identifier: Apache-2.0
import LinuxIO

/// The two latest uses of a volume's objects: the second one proves that it was not one object alone.
struct LatestUses: Sendable, Equatable {
  private var first: Timestamp?
  private var second: Timestamp?

  /// The time at which, or after which, two objects were used; nil with fewer.
  var confirmed: Timestamp? { second }

  /// Takes note of an object's last use.
  @inline(__always)
  mutating func add(_ time: Timestamp) {
    guard second.map({ time > $0 }) ?? true else { return }
    if let latest = first, time <= latest {
      second = time
    } else {
      second = first
      first = time
    }
  }

  /// Takes over what another thread saw.
  mutating func merge(_ other: LatestUses) {
    if let time = other.first { add(time) }
    if let time = other.second { add(time) }
  }
}
