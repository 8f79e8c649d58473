// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

// Forms of the format's functions that take arrays: a span of a temporary must not outlive it.

extension ObjectRecord {
  /// Parses an attribute.
  init(_ bytes: [UInt8]) throws { self = try ObjectRecord(parsing: bytes.span) }
}

/// What an object's path below the root says.
struct ObjectPlace {
  var volume: [UInt8]
  var type: NetfsType
  var fanout: [UInt8]
  var belongs: Fanout
  var decoded: DecodedName

  /// Reads `cache/I…/@xx/name`; nil for everything else.
  init?(_ components: [[UInt8]]) throws {
    guard components.count == 4, components[0] == Array("cache".utf8), components[1].first == UInt8(ascii: "I") else {
      return nil
    }
    let (name, volume) = (components[3], Array(components[1].dropFirst()))
    self.volume = volume
    fanout = components[2]
    type = NetfsType(volumeKey: volume.span)
    var key: [UInt8] = []
    decoded = try ObjectName.decode(name.span, into: &key)
    let padded = key
    belongs = KeyHash(cookieKey: padded.span, in: KeyHash(volumeKey: volume.span)).fanout
  }
}
