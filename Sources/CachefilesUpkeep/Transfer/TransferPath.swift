// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// What the path of an entry of a stream stands for. Pure; everything that is not named here is refused.
enum TransferPath: Equatable {
  /// `cache/I<key>`
  case volume(key: [UInt8])
  /// `cache/I<key>/@xx`
  case fanout(volume: [UInt8], number: UInt8)
  /// `cache/I<key>/@xx/<name>`
  case object(volume: [UInt8], number: UInt8, name: [UInt8])
  /// Nothing that belongs into a cache.
  case other

  /// Reads a path. A directory's may end with one slash.
  init(_ path: [UInt8], isDirectory: Bool) {
    let trimmed = isDirectory && path.last == UInt8(ascii: "/") ? Array(path.dropLast()) : path
    let parts = trimmed.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Array($0) }
    guard parts.count >= 2, parts.count <= 4, isDirectory == (parts.count < 4), parts[0] == Store.cacheName.bytes,
      parts.allSatisfy({ EntryName($0) != nil }), let key = VolumeName.key(ofName: parts[1])
    else {
      self = .other
      return
    }
    if parts.count == 2 {
      self = .volume(key: key)
      return
    }
    guard let fanout = Fanout(directoryName: parts[2]) else {
      self = .other
      return
    }
    self =
      parts.count == 3
      ? .fanout(volume: key, number: fanout.number) : .object(volume: key, number: fanout.number, name: parts[3])
  }
}
