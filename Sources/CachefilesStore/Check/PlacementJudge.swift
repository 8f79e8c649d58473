import CachefilesFormat

/// Judges whether a kernel that looks for a key can come to an object's name: whether the name is one that kernels make,
/// in the fanout directory of its hash. Pure; the kernel's side is `cachefiles_cook_key` (fs/cachefiles/key.c).
///
/// One value a thread: the key is decoded into a buffer that is used again.
struct PlacementJudge {
  /// The key of the name that was judged last.
  private(set) var key: [UInt8] = []

  /// What keeps a kernel from the object, nil when nothing does; then also the lengths that the key can have.
  mutating func judge(
    _ name: Span<UInt8>, _ volume: VolumeTraits, _ fanout: UInt8, _ lengths: inout ClosedRange<Int>
  ) -> Judgement? {
    key.removeAll(keepingCapacity: true)
    let decoded: DecodedName
    do throws(NameFailure) {
      decoded = try ObjectName.decode(name, into: &key)
    } catch {
      return Judgement(.o01, "its name stands for no key: \(error)")
    }
    if let defect = decoded.defect { return Judgement(.o02, "no kernel makes its name: \(defect)") }
    let placed = KeyHash(cookieKey: key.span, in: volume.hash).fanout
    if placed.number != fanout {
      return Judgement(.o03, "it stands in \(Fanout(fanout)) and belongs in \(placed)")
    }
    lengths = decoded.shortestKey...decoded.longestKey
    return nil
  }
}
