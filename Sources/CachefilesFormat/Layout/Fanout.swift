// SPDX-License-Identifier: Apache-2.0

/// One of the 256 directories between a volume and its objects: `@00` to `@ff`.
///
/// Made by `cachefiles_acquire_volume` (fs/cachefiles/volume.c) as `@%02x`: two lower-case digits. A missing one is
/// no damage: cachefilesd removes empty ones, the kernel makes them again.
public struct Fanout: Equatable, Hashable, Sendable {
  /// The number, the low byte of the object's hash.
  public var number: UInt8

  /// The fanout of a number.
  public init(_ number: UInt8) { self.number = number }

  /// Reads a directory name: `@` and exactly two lower-case hexadecimal digits; nil for anything else.
  public init?(directoryName name: Span<UInt8>) {
    guard name.count == 3, name[0] == UInt8(ascii: "@") else { return nil }
    guard let high = Hex.value(of: name[1]), let low = Hex.value(of: name[2]) else { return nil }
    guard !(65...70).contains(name[1]), !(65...70).contains(name[2]) else { return nil }
    number = high << 4 | low
  }

  /// Reads a directory name, nil for anything else.
  public init?(directoryName name: [UInt8]) { self.init(directoryName: name.span) }

  /// The directory name as bytes.
  public var directoryName: [UInt8] { [UInt8(ascii: "@"), Hex.digit(number >> 4), Hex.digit(number & 15)] }

  /// The directory name as text.
  public var description: String { String(decoding: directoryName, as: UTF8.self) }
}

extension Fanout: CustomStringConvertible {}
