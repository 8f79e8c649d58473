// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import Foundation
import TestSupport
import Testing

@testable import CachefilesUpkeep

/// The file that pins are kept in.
@Suite("The file of pins")
struct PinFileTests {
  /// A list with paths of any bytes.
  private static func list(_ seed: UInt64) -> PinList {
    var random = SplitMix64(seed: seed)
    func bytes(_ longest: UInt64, slashes: Bool) -> [UInt8] {
      (0...(random.next() % longest)).map { _ in
        let byte = UInt8(1 + random.next() % 255)
        return byte == UInt8(ascii: "/") && !slashes ? 1 : byte
      }
    }
    let kinds = Pin.Kind.allCases
    let pins = (0..<Int(random.next() % 5)).map { number in
      var pin = Pin(kinds[Int(random.next() % 3)], path: Array("/\(number)".utf8) + bytes(20, slashes: true))
      for _ in 0..<(random.next() % 6) {
        let volume = bytes(12, slashes: false)
        let name = [UInt8(ascii: "T")] + bytes(12, slashes: false)
        let path = Array("cache/I".utf8) + volume + Array("/@4e/".utf8) + name
        pin.objects.append(.init(path: path, file: random.next() % 2 == 0 ? [] : bytes(9, slashes: true)))
      }
      return pin
    }
    return PinList(root: Array("/c".utf8) + bytes(20, slashes: true), pins: pins)
  }

  @Test("What was written is read again, whatever bytes paths have")
  func roundTrip() throws {
    for seed in 0..<300 as Range<UInt64> {
      let list = Self.list(seed)
      #expect(try PinFile.list(parsing: PinFile.bytes(of: list)) == list, "seed \(seed)")
    }
  }

  @Test("A file that was cut anywhere, or in which any byte was changed, left out or doubled, is not read")
  func damage() {
    let bytes = PinFile.bytes(of: Self.list(3))
    #expect(bytes.count > 100)
    for place in bytes.indices {
      #expect(throws: PinFileDefect.self) { try PinFile.list(parsing: Array(bytes[..<place])) }
      for change in [1, 0x20, 0x80] as [UInt8] {
        var changed = bytes
        changed[place] ^= change
        #expect(throws: PinFileDefect.self) { try PinFile.list(parsing: changed) }
      }
      var shorter = bytes
      shorter.remove(at: place)
      #expect(throws: PinFileDefect.self) { try PinFile.list(parsing: shorter) }
      var longer = bytes
      longer.insert(bytes[place], at: place)
      #expect(throws: PinFileDefect.self) { try PinFile.list(parsing: longer) }
    }
  }

  @Test("The form is the one that is documented, with the published hash")
  func form() {
    let object = Pin.Object(path: Array("cache/I9p,a/@28/Tf".utf8), file: Array("d/x y".utf8))
    let list = PinList(root: Array("/c".utf8), pins: [Pin(.tree, path: Array("/p\n".utf8), objects: [object])])
    let text = String(decoding: PinFile.bytes(of: list), as: UTF8.self)
    #expect(text.hasPrefix("cachefiles-pins 1\nroot /c\ntree /p\\x0a\ncache/I9p,a/@28/Tf\td/x y\nend 1 1 "))
    // FNV-1a written out once more.
    var hash: UInt64 = 14_695_981_039_346_656_037
    for byte in text[..<(text.range(of: "end 1")?.lowerBound ?? text.endIndex)].utf8 {
      hash ^= UInt64(byte)
      hash = hash &* 1_099_511_628_211
    }
    let digits = String(hash, radix: 16)
    #expect(text.hasSuffix("end 1 1 \(String(repeating: "0", count: 16 - digits.count) + digits)\n"))
  }
}
