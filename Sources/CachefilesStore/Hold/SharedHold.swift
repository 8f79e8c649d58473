/// A hold that several threads work under; it ends with the last of them.
final class SharedHold: Sendable {
  /// The cache.
  let cache: ExclusiveCache

  init(_ cache: consuming ExclusiveCache) { self.cache = cache }
}
