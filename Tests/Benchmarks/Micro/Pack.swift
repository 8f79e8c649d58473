// SPDX-License-Identifier: Apache-2.0
import CLoops

/// Byte strings one after another, as the loops in C take them.
struct Pack: Sendable {
  private(set) var bytes: [UInt8] = []
  private(set) var ends: [Int] = []

  init(_ strings: [[UInt8]]) {
    for string in strings {
      bytes += string
      ends.append(bytes.count)
    }
  }

  var count: Int { ends.count }

  /// Calls a closure with each of them; nothing is copied.
  @inline(__always)
  func forEach(_ body: (Span<UInt8>) throws -> Void) rethrows {
    let all = bytes.span
    var start = 0
    for end in ends {
      try body(all.extracting(start..<end))
      start = end
    }
  }

  /// Lends it to a loop in C.
  func withC<Result>(_ body: (cloops_pack) -> Result) -> Result {
    bytes.withUnsafeBufferPointer { bytes in
      ends.withUnsafeBufferPointer { ends in
        body(cloops_pack(bytes: bytes.baseAddress, ends: ends.baseAddress, count: ends.count))
      }
    }
  }
}

/// The same numbers in each run: SplitMix64.
struct FixedRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
