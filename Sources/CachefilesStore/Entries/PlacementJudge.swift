// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO

/// Judges whether a kernel that looks for a key can come to an object's name: whether the name is one that kernels make,
/// in the fanout directory of its hash. Pure; the kernel's side is `cachefiles_cook_key` (fs/cachefiles/key.c).
///
/// One value a thread: the key is decoded into a buffer that is used again.
package struct PlacementJudge {
  /// The key of the name that was judged last.
  package private(set) var key: [UInt8] = []

  /// Nothing was judged yet.
  package init() {}

  /// What keeps a kernel from the object, nil when nothing does; then also the lengths that the key can have.
  package mutating func judge(
    _ name: Span<UInt8>, _ volume: VolumeTraits, _ fanout: UInt8, _ lengths: inout ClosedRange<Int>
  ) -> PlacementFailure? {
    key.removeAll(keepingCapacity: true)
    let decoded: DecodedName
    do throws(NameFailure) {
      decoded = try ObjectName.decode(name, into: &key)
    } catch {
      return .noKey(error)
    }
    if let defect = decoded.defect { return .notMade(defect) }
    let placed = KeyHash(cookieKey: key.span, in: volume.hash).fanout
    if placed.number != fanout {
      return .elsewhere(belongs: placed)
    }
    lengths = decoded.shortestKey...decoded.longestKey
    return nil
  }

  /// The same of a path below the root, `cache/I…/@xx/name`; nil of any other path, too.
  package mutating func judge(_ path: CachePath) -> PlacementFailure? {
    guard let volume = path.volumeKey, let name = path.name,
      let fanout = path.parent.name.flatMap({ Fanout(directoryName: $0.bytes) })
    else { return nil }
    let traits = VolumeTraits(index: 0, key: volume.span)
    var lengths = 0...0
    return judge(name.bytes.span, traits, fanout.number, &lengths)
  }
}
