// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// What damages are made of: sound directories and objects, and then one thing wrong.
extension Store {
  /// Makes a directory with all above it, of mode 0700; those that exist stay as they are.
  func makeDirectories(_ path: [UInt8]) throws(Errno) {
    for path in CachePath(path).ancestors.map(\.bytes) + [path] where try status(ofEntry: path) == nil {
      try withParent(of: path) { (parent, name) throws(Errno) in try parent.makeDirectory(name, permissions: 0o700) }
    }
  }

  /// Makes a volume; without a record it lacks the attribute.
  func makeVolume(_ key: StaticString, record: [UInt8]? = VolumeRecord().bytes) throws(Errno) -> [UInt8] {
    let path = Self.cacheName.bytes.appending(component: [VolumeName.prefix] + key.bytes)
    try makeDirectories(path)
    guard let record else { return path }
    try withEntry(path, .directory) { (volume) throws(Errno) in
      try volume.setAttribute(CacheAttribute.name, to: record)
    }
    return path
  }

  /// A sound object, to be damaged: 6000 bytes long, its first page cached.
  struct SoundObject {
    /// The file's length on the server.
    var objectSize: UInt64 = 6000
    /// The length of the object.
    var length: Int64 = 8192
    /// How much of its start is data.
    var data: Int64 = 4096
    /// The coherency data.
    var coherency: [UInt8] = [0x47, 0xad, 0x17, 0x6b]
    /// The attribute, where it is not the sound one.
    var attribute: [UInt8]?
    /// Whether it has an attribute at all.
    var hasAttribute = true
    /// The name, where it is not the one of the key.
    var name: [UInt8]?
    /// How far from its own fanout directory it stands.
    var displacement: UInt8 = 0
    /// Last access.
    var accessTime = Timestamp(seconds: 1_700_000_000)
    /// The mode.
    var permissions: UInt16 = 0o600

    /// The attribute as it is written.
    var record: [UInt8] { attribute ?? ObjectRecord(objectSize: objectSize, coherency: coherency).bytes }
  }

  /// Makes an object and gives its path below the root.
  @discardableResult
  func makeObject(
    _ cookieKey: [UInt8], in volume: StaticString, _ object: SoundObject = SoundObject()
  ) throws(Errno) -> [UInt8] {
    let volumePath = try makeVolume(volume)
    let volumeKey = volume.bytes
    let fanout = Fanout(
      KeyHash(cookieKey: cookieKey.span, in: KeyHash(volumeKey: volumeKey.span)).fanout.number &+ object.displacement)
    let directory = volumePath.appending(component: Array(fanout.directoryName))
    try makeDirectories(directory)
    // The keys of this file are all ones that the kernel accepts.
    let name = object.name ?? (try? ObjectName.name(of: cookieKey)) ?? []
    let path = directory.appending(component: name)
    try makeFile(path, object)
    return path
  }

  /// Makes a file with what an object has.
  func makeFile(_ path: [UInt8], _ object: SoundObject) throws(Errno) {
    try withParent(of: path) { (parent, name) throws(Errno) in
      let file = try parent.open(name, .create(permissions: object.permissions))
      try file.fill(offset: 0, length: object.data)
      try file.truncate(to: object.length)
      if object.hasAttribute { try file.setAttribute(CacheAttribute.name, to: object.record) }
      try file.setPermissions(object.permissions)
      try file.setTimes(access: object.accessTime, modification: object.accessTime)
    }
  }

  /// Sets flags of an entry.
  func setFlags(_ path: [UInt8], _ flags: InodeFlags) throws(Errno) {
    try withEntry(path, .inspect) { (entry) throws(Errno) in
      try entry.setInodeFlags(try entry.inodeFlags().union(flags))
    }
  }

  /// Sets the mode of an entry.
  func setMode(_ path: [UInt8], _ mode: UInt16) throws(Errno) {
    try withEntry(path, .inspect) { (entry) throws(Errno) in try entry.setPermissions(mode) }
  }
}

extension StaticString {
  /// The text's bytes.
  var bytes: [UInt8] { withUTF8Buffer { Array($0) } }
}
