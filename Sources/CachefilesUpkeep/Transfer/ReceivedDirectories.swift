// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// The directories of the destination that a stream has told of, by their paths below `cache`. Few of them are open at a time. For
/// the thread that reads the stream.
struct ReceivedDirectories {
  /// At most so many are held open.
  static let openLimit = 64

  /// Which directory it is, and the times that it gets in the end.
  struct Known {
    var inode: UInt64
    var times: EntryTimes?
  }

  /// The directories that were taken.
  private(set) var known: [[UInt8]: Known] = [:]
  /// The keys of volumes that were left out, each of which was named.
  var leftOut: Set<[UInt8]> = []
  /// The same of fanout directories, by their paths.
  var leftOutFanouts: Set<[UInt8]> = []
  private var open: [[UInt8]: SharedDescriptor] = [:]
  private var order: [[UInt8]] = []

  /// Remembers a directory.
  mutating func add(_ path: [UInt8], _ directory: SharedDescriptor, _ times: EntryTimes?) throws(Errno) {
    known[path] = Known(inode: try directory.value.status().inode, times: times)
    hold(path, directory)
  }

  private mutating func hold(_ path: [UInt8], _ directory: SharedDescriptor) {
    guard open.updateValue(directory, forKey: path) == nil else { return }
    order.append(path)
    if order.count > Self.openLimit { open[order.removeFirst()] = nil }
  }

  /// A directory, opened again where it was let go; nil when the stream has not told of it.
  ///
  /// - Throws: `Errno`; ESTALE when another directory has taken its place.
  mutating func directory(_ path: [UInt8], in cache: borrowing OwnedDescriptor) throws(Errno) -> SharedDescriptor? {
    guard let inode = known[path]?.inode else { return nil }
    if let held = open[path] { return held }
    let names = path.split(separator: UInt8(ascii: "/")).compactMap { EntryName(Array($0)) }
    guard let first = names.first else { return nil }
    var current = try cache.open(first, .directory)
    for name in names.dropFirst() { current = try current.open(name, .directory) }
    guard try current.status().inode == inode else { throw .staleNFSFileHandle }
    let directory = SharedDescriptor(current)
    hold(path, directory)
    return directory
  }
}
