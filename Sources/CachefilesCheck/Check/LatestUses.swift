// SPDX-License-Identifier: Apache-2.0
import LinuxIO

/// The two latest uses of a volume's objects: the second one proves that it was not one object alone.
struct LatestUses: Sendable, Equatable {
  // In nanoseconds since 1970: they are compared for each object.
  private var first: Int64?
  private var second: Int64?

  /// The time at which, or after which, two objects were used; nil with fewer.
  var confirmed: Timestamp? { second.map { Timestamp(nanosecondsSince1970: $0) } }

  /// Takes note of an object's last use, in nanoseconds since 1970.
  @inline(__always)
  mutating func add(_ time: Int64) {
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
