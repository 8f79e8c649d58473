// SPDX-License-Identifier: Apache-2.0

/// `resume_thresholds BLOCKS FILES` of cachefilesd's configuration: after a scan that found too little, the next one waits until so
/// much has been released.
package struct ResumeThresholds: Sendable, Equatable {
  /// Blocks of 512 bytes; nil for `-`: they do not count.
  package var blocks: UInt64?
  /// Objects; nil for `-`.
  package var files: UInt64?

  /// What cachefilesd does without such a line: five objects, whatever their size.
  package init() { files = 5 }

  /// Reads the argument of a line; nil when it is not two numbers or dashes.
  init?(_ argument: [UInt8]) {
    let words = argument.split { $0 == 0x20 || (0x09...0x0d).contains($0) }
    guard words.count == 2 else { return nil }
    var numbers: [UInt64?] = []
    for word in words {
      if word.elementsEqual([UInt8(ascii: "-")]) {
        numbers.append(nil)
      } else {
        guard word.allSatisfy({ (0x30...0x39).contains($0) }),
          let number = UInt64(String(decoding: word, as: UTF8.self))
        else { return nil }
        numbers.append(number)
      }
    }
    (blocks, files) = (numbers[0], numbers[1])
  }

  /// Whether so much is enough to look again.
  package func areReached(files releasedFiles: UInt64, blocks releasedBlocks: UInt64) -> Bool {
    if let files, releasedFiles >= files { return true }
    if let blocks, releasedBlocks >= blocks { return true }
    return false
  }
}
