// SPDX-License-Identifier: Apache-2.0
#if DEBUG || Fuzzing
  import CachefilesFormat
  import CachefilesStore
  import CachefilesUpkeep
  import LinuxIO

  @testable import CachefilesCommands

  /// Files of pins: what is read is written again, and what was changed or cut is not read.
  enum PinChecks {
    static func check(_ input: [UInt8]) throws {
      try file(input)
      // With an end that fits, the lines above it are looked at.
      let body = input.last == 10 || input.isEmpty ? input : input + [10]
      let (pins, objects) = counts(body)
      let hash = String(
        body.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 16)
      let zeros = String(repeating: "0", count: 16 - hash.utf8.count)
      try file(body + Array("end \(pins) \(objects) \(zeros)\(hash)\n".utf8))
      try manifest(input)
    }

    private static func counts(_ body: [UInt8]) -> (pins: Int, objects: Int) {
      let lines = body.split(separator: 10)
      let objects = lines.count { $0.starts(with: Array("cache/I".utf8)) }
      let pins = lines.count { line in Pin.Kind.allCases.contains { line.starts(with: Array("\($0.rawValue) ".utf8)) } }
      return (pins, objects)
    }

    private static func file(_ bytes: [UInt8]) throws {
      let list: PinList
      do throws(PinFileDefect) { list = try PinFile.list(parsing: bytes) } catch {
        return try Fields.printable("\(error)")
      }
      for object in list.pins.flatMap(\.objects) {
        let place = CachePath(object.path).place
        try hold(place == .object, "a pin of what is no object: \(EscapedBytes.string(object.path))")
      }
      let written = PinFile.bytes(of: list)
      try hold(try PinFile.list(parsing: written) == list, "other pins")
      try damaged(written)
    }

    private static func damaged(_ bytes: [UInt8]) throws {
      for cut in [1, 2, bytes.count / 2, bytes.count - 1] where cut > 0 && cut <= bytes.count {
        try hold(
          (try? PinFile.list(parsing: Array(bytes.dropLast(cut)))) == nil, "\(cut) bytes are missing, and it is read")
      }
      var other = bytes
      let place = Int(bytes.reduce(0 as UInt32) { $0 &* 31 &+ UInt32($1) } % UInt32(bytes.count))
      other[place] ^= 1
      try hold((try? PinFile.list(parsing: other)) == nil, "byte \(place) is another, and it is read")
      // All of it twice, and a line more.
      try hold((try? PinFile.list(parsing: bytes + bytes)) == nil, "twice, and it is read")
    }

    private static func manifest(_ bytes: [UInt8]) throws {
      // Any directory with a `cache` in it: a list names objects below it, or below nothing.
      guard let pin = try MemoryFile.with(bytes, { _, path in try? PinManifest.pin(path.bytes, toRoot: { _ in nil }) })
      else { return }
      let lines = bytes.split(separator: 10).count
      try hold((1...max(1, lines)).contains(pin.objects.count), "\(pin.objects.count) objects of \(lines) lines")
      for object in pin.objects { try hold(CachePath(object.path).volumeKey != nil, "an object of no volume") }
    }
  }
#endif
