// SPDX-License-Identifier: Apache-2.0

/// One line of `/proc/locks`: a lock of a file, or one that waits for it.
///
/// `number: [->] kind mode type process major:minor:inode start end`, made by `lock_get_status` (fs/locks.c), the device in hexadecimal;
/// described in proc_locks(5).
public struct LockLine: KernelTableLine {
  /// Whether it is only waited for.
  public var isWaiting: Bool
  /// `FLOCK`, `POSIX`, `OFDLCK`, `LEASE` and the like.
  public var kind: [UInt8]
  /// The process that has it, as this namespace numbers it; 0 or less where none can be told.
  public var process: Int
  /// The superblock's device, which is not that of the file on all file systems.
  public var device: MountDevice
  /// The inode that is locked.
  public var inode: UInt64

  /// Why a line is no lock.
  public enum Failure: Error, Equatable, Sendable {
    /// A column, by its name, that is not what the kernel prints there; that of a lock of no file has no device.
    case badColumn(String)
  }

  /// Never: this table has no heading.
  public static func isHeading(_ failure: Failure) -> Bool { false }

  /// Reads a line, with or without its line feed.
  ///
  /// - Throws: ``Failure`` when a column is not what the kernel prints there.
  public init(parsing line: Span<UInt8>) throws(Failure) {
    var reader = LineReader(line)
    let number = reader.word()
    guard number.last == UInt8(ascii: ":"), LineNumber.decimal(number.dropLast(), digits: 18) != nil else {
      throw .badColumn("number")
    }
    let first = reader.word()
    isWaiting = first == [UInt8(ascii: "-"), UInt8(ascii: ">")]
    kind = isWaiting ? reader.word() : first
    guard !kind.isEmpty else { throw .badColumn("kind") }
    for name in ["mode", "type"] { guard !reader.word().isEmpty else { throw .badColumn(name) } }
    guard let process = LineNumber.decimal(reader.word()) else { throw .badColumn("process") }
    self.process = process
    let place = reader.word().split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { Array($0) }
    guard place.count == 3, let major = LineNumber.hexadecimal(place[0], digits: 8),
      let minor = LineNumber.hexadecimal(place[1], digits: 8), let inode = Self.number(place[2])
    else { throw .badColumn("major:minor:inode") }
    device = MountDevice(major: UInt32(major), minor: UInt32(minor))
    self.inode = inode
  }

  /// A decimal number of 64 bits.
  private static func number(_ word: [UInt8]) -> UInt64? {
    guard !word.isEmpty, word.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return UInt64(String(decoding: word, as: UTF8.self))
  }
}
