// SPDX-License-Identifier: Apache-2.0

/// What the kernel tells the process that has `/dev/cachefiles` open: its limits, and whether it wants objects removed.
///
/// Mirrors `cachefiles_do_daemon_read` (fs/cachefiles/daemon.c): words `name=value`, numbers in hexadecimal. The counts of what was
/// released begin anew with each reading.
public struct CacheStateLine: Equatable, Sendable {
  /// `cull`: less is free than the cull limit, and not yet as much as the run limit.
  public var isCulling = false
  /// The limits in blocks of the file system and in files, as they were fixed at bind.
  public var limits: CullLimits
  /// `freleased`: objects that nobody uses any more, since the last reading.
  public var releasedFiles: UInt64 = 0
  /// `breleased`: their blocks of 512 bytes.
  public var releasedBlocks: UInt64 = 0

  /// Reads the line; nil when a word is missing or is no number. Before a cache is bound there is none.
  public init?(_ bytes: Span<UInt8>) {
    var words: [[UInt8]: UInt64] = [:]
    var start = 0
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] > 0x20 { end += 1 }
      if let (name, value) = Self.word(bytes.extracting(start..<end)) { words[name] = value }
      start = end + 1
    }
    let word = { (name: StaticString) in words[Array(name.description.utf8)] }
    guard let cull = word("cull"), let brun = word("brun"), let bcull = word("bcull"), let bstop = word("bstop"),
      let frun = word("frun"), let fcull = word("fcull"), let fstop = word("fstop")
    else { return nil }
    isCulling = cull != 0
    limits = CullLimits(CullPercentages(), blocks: 0, files: 0)
    (limits.brun, limits.bcull, limits.bstop) = (brun, bcull, bstop)
    (limits.frun, limits.fcull, limits.fstop) = (frun, fcull, fstop)
    releasedFiles = word("freleased") ?? 0
    releasedBlocks = word("breleased") ?? 0
  }

  /// A word and its number; nil for one that is none.
  private static func word(_ bytes: Span<UInt8>) -> (name: [UInt8], value: UInt64)? {
    var name: [UInt8] = []
    var value: UInt64 = 0
    var index = 0
    while index < bytes.count, bytes[index] != UInt8(ascii: "=") {
      name.append(bytes[index])
      index += 1
    }
    let digits = index + 1..<bytes.count + 1
    guard digits.count > 1, digits.count <= 17 else { return nil }
    for place in index + 1..<bytes.count {
      let digit: UInt64
      switch bytes[place] {
      case 0x30...0x39: digit = UInt64(bytes[place] - 0x30)
      case 0x61...0x66: digit = UInt64(bytes[place] - 0x61) + 10
      case 0x41...0x46: digit = UInt64(bytes[place] - 0x41) + 10
      default: return nil
      }
      value = value << 4 | digit
    }
    return (name, value)
  }
}
