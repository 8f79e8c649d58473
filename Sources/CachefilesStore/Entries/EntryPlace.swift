// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// What an entry of a cache directory is, by the place where it stands. Its kind of file is another matter.
package enum EntryPlace: UInt8, Sendable, CaseIterable {
  /// The root directory.
  case root
  /// `cache`.
  case cache
  /// `cache/I…`.
  case volume
  /// `cache/I…/@xx`.
  case fanout
  /// Whatever has an object's place: an entry of a fanout directory.
  case object
  /// Everything below `cache/@xx`: the layout before 5.17.
  case legacy
  /// `graveyard`.
  case graveyard
  /// Everything below it.
  case buried
  /// Everything else.
  case foreign

  /// The place of an entry of a directory at this place.
  @inline(__always)
  package func child(named name: Span<UInt8>) -> EntryPlace {
    switch self {
    case .root:
      if name.equals("cache") { return .cache }
      return name.equals("graveyard") ? .graveyard : .foreign
    case .cache:
      if name.count > 0, name[0] == VolumeName.prefix { return .volume }
      return Fanout(directoryName: name) == nil ? .foreign : .legacy
    case .volume: return Fanout(directoryName: name) == nil ? .foreign : .fanout
    case .fanout: return .object
    case .legacy: return .legacy
    case .graveyard, .buried: return .buried
    case .object, .foreign: return .foreign
    }
  }
}

extension Span where Element == UInt8 {
  /// Whether the bytes are those of a text that is known when the program is written.
  @inline(__always)
  package func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    let other = text.utf8Start
    for index in 0..<count where self[index] != other[index] { return false }
    return true
  }
}
