// SPDX-License-Identifier: Apache-2.0
#if DEBUG || Fuzzing
  import LinuxIO

  @testable import CachefilesUpkeep

  /// Archives as they are read: no more comes out than goes in, and their reading ends.
  enum ArchiveChecks {
    static func check(_ input: [UInt8]) throws {
      try read(input, isMarked: false)
      try read(repaired(input), isMarked: false)
      try read(repaired(input), isMarked: true)
    }

    private static func read(_ input: [UInt8], isMarked: Bool) throws {
      try MemoryFile.with(input) { descriptor, _ in
        try read(PaxReader(descriptor: descriptor), input.count, isMarked: isMarked)
      }
    }

    private static func read(_ reader: PaxReader, _ count: Int, isMarked: Bool) throws {
      var (entries, bytes) = (0, 0)
      do {
        if isMarked { try TransferMark.check(reader) }
        while let entry = try reader.next() {
          entries += 1
          try bound(entry)
          // Every other one is left as it is: its data is gone over.
          guard entries % 2 == 1 else { continue }
          while try reader.data({ _, data in bytes += data.count }) {}
        }
      } catch let failure as ArchiveFailure { try Fields.printable("\(failure)") }
      try hold(entries <= count / 512 + 1, "\(entries) entries in \(count) bytes")
      try hold(bytes <= count, "\(bytes) bytes of data in \(count) bytes")
    }

    private static func bound(_ entry: PaxEntry) throws {
      try hold(!entry.path.contains(0), "a NUL in a path")
      try hold(entry.permissions <= 0o7777, "permissions \(entry.permissions)")
      for time in [entry.access, entry.modification] {
        try hold((time?.nanoseconds ?? 0) < 1_000_000_000, "nanoseconds")
      }
      try hold(entry.kind == .regular || entry.extents.isEmpty && entry.size == 0, "data of what is no file")
      if entry.size == 0 { try hold(entry.extents.isEmpty, "data of an empty file") }
    }

    /// The archive with the sums of its headers set right, so that what is behind them is looked at.
    static func repaired(_ input: [UInt8]) -> [UInt8] {
      var bytes = input
      for start in stride(from: 0, to: max(0, bytes.count - 511), by: 512)
      where bytes[(start + 257)..<(start + 262)].elementsEqual("ustar".utf8) {
        for index in start + 148..<start + 156 { bytes[index] = 0x20 }
        let sum = bytes[start..<start + 512].reduce(0) { $0 + Int($1) }
        let digits = Array(String(sum, radix: 8).utf8)
        let text = Array(repeating: UInt8(ascii: "0"), count: max(0, 6 - digits.count)) + digits + [0, 0x20]
        bytes.replaceSubrange(start + 148..<start + 156, with: text)
      }
      return bytes
    }
  }
#endif
