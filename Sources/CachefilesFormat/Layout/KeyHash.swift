// SPDX-License-Identifier: Apache-2.0

/// The 32-bit hash that places objects in fanout directories.
///
/// Mirrors `fscache_hash` (fs/fscache/main.c), which never changed since 5.17. Words are little-endian on every
/// machine, and the length is not mixed in.
public struct KeyHash: Equatable, Hashable, Sendable {
  /// The hash value.
  public var value: UInt32

  /// Wraps a value.
  public init(_ value: UInt32) { self.value = value }

  /// Hashes 32-bit groups of data; a last group that is not whole counts as padded with zeros.
  @inline(__always)
  public init(salt: UInt32, _ data: Span<UInt8>) {
    var mixer = Mixer(salt: salt)
    var offset = 0
    while offset < data.count {
      mixer.mix(paddedWord(of: data, at: offset, bigEndian: false))
      offset += 4
    }
    value = mixer.finish()
  }

  /// The hash of a volume key: a length byte, the key and at least one NUL, padded to whole words, with salt 0.
  ///
  /// Mirrors `fscache_alloc_volume` (fs/fscache/volume.c). Only the low byte of the length is hashed; the kernel
  /// takes at most 255 bytes.
  public init(volumeKey key: Span<UInt8>) {
    var mixer = Mixer(salt: 0)
    var word = UInt32(truncatingIfNeeded: key.count & 0xff)
    var shift: UInt32 = 8
    for index in 0..<key.count {
      word |= UInt32(key[index]) << shift
      shift += 8
      if shift == 32 {
        mixer.mix(word)
        word = 0
        shift = 0
      }
    }
    // The NUL is in this word: where the key filled the last one, a zero word follows.
    mixer.mix(word)
    value = mixer.finish()
  }

  /// The hash of a cookie key in a volume: the key padded to whole words, salted with the volume's hash.
  ///
  /// Mirrors `fscache_set_key` (fs/fscache/cookie.c). Trailing zero bytes within the last word make no difference.
  public init(cookieKey key: Span<UInt8>, in volume: KeyHash) {
    self.init(salt: volume.value, key)
  }

  /// The fanout directory that an object with this hash belongs in.
  public var fanout: Fanout { Fanout(UInt8(truncatingIfNeeded: value)) }

  /// The state of the hash between words.
  private struct Mixer {
    var x: UInt32 = 0
    var y: UInt32

    init(salt: UInt32) { y = salt }

    @inline(__always)
    mutating func mix(_ word: UInt32) {
      x ^= word
      y ^= x
      x = x << 7 | x >> 25
      x = x &+ y
      y = y << 20 | y >> 12
      y = y &* 9
    }

    func finish() -> UInt32 { (y ^ (x &* 0x61C8_8647)) &* 0x61C8_8647 }
  }
}
