// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO

/// What an object or directory of a stream comes to, in one sum: its path, its mode, owner, length, times, record, map, and the bytes of its
/// data. What was damaged differs in it, and an object that another tool unpacked and packed again where holes became zeros.
struct TransferDigest {
  private(set) var sum = Checksum()

  /// Everything but the data, which is added as it comes, in its order.
  init(_ entry: PaxEntry, record: [UInt8]) {
    // The path of a directory ends with a slash in an archive.
    var bytes = entry.path
    if entry.kind == .directory, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    bytes.append(0)
    Self.append(UInt64(entry.permissions), to: &bytes)
    Self.append(UInt64(entry.owner), to: &bytes)
    Self.append(UInt64(entry.group), to: &bytes)
    Self.append(entry.size, to: &bytes)
    for time in [entry.modification, entry.access] {
      // An access in the second of 1970-01-01 00:00:00 is not told.
      let known = time.flatMap { $0.seconds == 0 ? nil : $0 }
      Self.append(UInt64(bitPattern: known?.seconds ?? 0), to: &bytes)
      Self.append(UInt64(known?.nanoseconds ?? 0), to: &bytes)
    }
    Self.append(UInt64(record.count), to: &bytes)
    bytes += record
    for run in Self.joined(entry.extents) {
      Self.append(run.offset, to: &bytes)
      Self.append(run.length, to: &bytes)
    }
    sum.add(bytes)
  }

  /// Adds data.
  mutating func add(_ bytes: UnsafeRawBufferPointer) { sum.add(bytes) }

  /// Adds data.
  mutating func add(_ bytes: [UInt8]) { sum.add(bytes) }

  private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  /// The same runs, however a writer cuts them.
  private static func joined(_ runs: [DataExtent]) -> [DataExtent] {
    var result: [DataExtent] = []
    for run in runs where run.length > 0 {
      if let last = result.last, last.end == run.offset {
        result[result.count - 1] = DataExtent(offset: last.offset, length: last.length &+ run.length)
      } else {
        result.append(run)
      }
    }
    return result
  }
}
