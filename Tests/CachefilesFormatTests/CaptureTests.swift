// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Testing

/// Caches that real kernels wrote: every name, hash and record must make sense.
@Suite("Captures of kernels since 5.17")
struct CaptureTests {
  /// An object of a capture, with the three names that lead to it.
  struct CapturedObject {
    var volume, fanout, name: [UInt8]
    var entry: CapturedEntry
  }

  static func objects(_ capture: String) throws -> [CapturedObject] {
    try CapturedEntry.all(capture).compactMap { entry in
      let parts = entry.components
      guard parts.count == 4, parts[0] == ascii("cache"), entry.type == "file" else { return nil }
      return CapturedObject(volume: parts[1], fanout: parts[2], name: parts[3], entry: entry)
    }
  }

  static let objectCounts = [
    "6.1.0-50-amd64": 178, "6.1-afs-ganesha": 82, "6.12.117+deb12-amd64": 178, "6.12-ganesha": 41,
    "7.2.13+deb14-amd64": 59, "7.2.13+deb14-amd64-9p": 120, "7.2.13+deb14-amd64-afs": 47,
    "7.2.13+deb14-amd64-ceph": 46,
  ]

  @Test("every object has a canonical name, which its key gives again", arguments: modernCaptures)
  func names(_ capture: String) throws {
    let objects = try Self.objects(capture)
    #expect(objects.count == Self.objectCounts[capture])
    for object in objects {
      let result = try decoded(object.name)
      #expect(result.name.isCanonical, "\(object.entry.path)")
      let again = try result.name.keyLengths.map { try ObjectName.name(of: Array(result.key[..<$0])) }
      #expect(again.allSatisfy { $0 == object.name }, "\(object.entry.path)")
      #expect(Reference.keyLengths(of: object.name) == result.name.keyLengths, "\(object.entry.path)")
    }
  }

  @Test("a server that chose its keys made a kernel use all four encodings, DEL too")
  func encodings() throws {
    let names = try Self.objects("7.2.13+deb14-amd64-9p").map(\.name)
    #expect(Set(names.compactMap(\.first)) == Set(ascii("DSTE")))
    #expect(names.contains([UInt8(ascii: "D")] + [UInt8](repeating: 0x7f, count: 8)))
    #expect(names.contains(ascii("S,")))
  }

  @Test("Ceph: names of two encodings, the live file system proves the byte order, one file is of a snapshot")
  func ceph() throws {
    var ofSnapshots: [UInt64] = []
    let objects = try Self.objects("7.2.13+deb14-amd64-ceph")
    for object in objects {
      let result = try decoded(object.name)
      let file = NetfsObject(
        cookieKey: result.key.span, keyLengths: lengthRange(result.name), in: .ceph, byteOrder: .big)
      guard case .ceph(let vino) = file.identity else {
        Issue.record("\(object.entry.path)")
        continue
      }
      if vino.snapshot == CephFile.live {
        #expect(file.provenByteOrder == .little)
        #expect(vino.inodeNumber >> 40 == 1, "\(object.entry.path)")
      } else {
        #expect(file.provenByteOrder == nil)
        ofSnapshots.append(vino.snapshot.byteSwapped)
      }
    }
    #expect(ofSnapshots == [2])
    #expect(Set(objects.compactMap(\.name.first)) == Set(ascii("TE")))
  }

  @Test("AFS: kernels of the newest series cache directories, whose vnode numbers are odd, beside files")
  func directories() throws {
    let vnodes = try Self.objects("7.2.13+deb14-amd64-afs").map { object in
      let result = try decoded(object.name)
      let file = NetfsObject(
        cookieKey: result.key.span, keyLengths: lengthRange(result.name), in: .afs, byteOrder: .big)
      guard case .afs(let identity) = file.identity else { return UInt64(0) }
      return identity.vnode
    }
    #expect(vnodes.count { $0 % 2 == 1 } == 3)
    #expect(vnodes.contains(1), "the root of the volume")
    #expect(!vnodes.contains(0))
    #expect(try Self.objects("6.1-afs-ganesha").contains { $0.volume.starts(with: ascii("Iafs")) })
  }

  @Test("every object stands in the fanout that its hash gives", arguments: modernCaptures)
  func fanouts(_ capture: String) throws {
    for object in try Self.objects(capture) {
      let key = try volumeKey(ofName: object.volume)
      let result = try decoded(object.name)
      let hash = KeyHash(cookieKey: result.key.span, in: KeyHash(volumeKey: key.span))
      #expect(hash.fanout.directoryName == object.fanout, "\(object.entry.path)")
    }
  }

  @Test("every record, key and coherency datum is understood", arguments: modernCaptures)
  func records(_ capture: String) throws {
    for object in try Self.objects(capture) {
      let comment = Comment(rawValue: object.entry.path)
      let key = try volumeKey(ofName: object.volume)
      let volume = NetfsVolume(volumeKey: key.span, byteOrder: .little)
      if case .malformed(_, let reason) = volume { Issue.record("\(reason)") }
      let value = try #require(object.entry.attribute, comment)
      let record = try ObjectRecord(parsing: value.span)
      #expect(record.bytes == value, comment)
      #expect(record.type == ObjectRecord.dataType, comment)
      #expect(record.content == .noData, comment)
      #expect(object.entry.size % 4096 == 0, comment)
      let data = NetfsCoherency(object: record.coherency.span, in: volume.type)
      #expect(data.problem == nil, comment)
      #expect(data.fields.isEmpty == false, comment)
      let isOfMachine = volume.type == .nfs || volume.type == .ceph
      #expect(data.order == (isOfMachine ? .determined(.little) : .fixed), comment)
      let result = try decoded(object.name)
      let file = NetfsObject(
        cookieKey: result.key.span, keyLengths: lengthRange(result.name), in: volume.type, byteOrder: .little)
      #expect(file.isPossible, comment)
      #expect(file.keyLength != nil, comment)
      if case .nfs(let handle) = file.identity { #expect(handle.server != .unknown, comment) }
      if case .opaque = file.identity { Issue.record("an opaque key", sourceLocation: #_sourceLocation) }
    }
  }

  @Test("every volume has a record that its netfs accepts", arguments: modernCaptures)
  func volumes(_ capture: String) throws {
    let volumes = try CapturedEntry.all(capture).filter { entry in
      entry.components.count == 2 && entry.components[0] == ascii("cache")
    }
    #expect(!volumes.isEmpty)
    for entry in volumes {
      let key = try volumeKey(ofName: entry.components[1])
      let volume = NetfsVolume(volumeKey: key.span, byteOrder: .little)
      let value = entry.attribute
      let rejection = VolumeRecord.rejection(of: value, coherencyLength: volume.type.volumeCoherencyLength)
      #expect(rejection == nil, "\(entry.path)")
      let record = try VolumeRecord(#require(value))
      let data = NetfsCoherency(volume: record.coherency.span, in: volume.type)
      #expect(data.problem == nil)
      #expect(data.fields.isEmpty == (volume.type != .cifs))
    }
  }

  @Test("the attribute timeouts of the captures are the defaults of kernels with 250 ticks a second")
  func timerFrequency() throws {
    for capture in modernCaptures {
      for entry in try CapturedEntry.all(capture) where entry.path.hasPrefix("cache/") && entry.components.count == 2 {
        guard case .nfs(let volume) = NetfsVolume(try volumeKey(ofName: entry.components[1])) else { continue }
        #expect(volume.defaultFrequency == 250)
      }
    }
  }
}

@Suite("Capture of a kernel before 5.17")
struct LegacyCaptureTests {
  @Test("every name decodes, is made again, and stands in the directory of its sum")
  func names() throws {
    var names = 0
    for entry in try CapturedEntry.all(legacyCapture) where entry.components.count > 2 {
      let parts = entry.components
      guard parts[0] == ascii("cache"), Fanout(parts[parts.count - 1]) == nil else { continue }
      names += 1
      let name = try LegacyName(parts[parts.count - 1])
      #expect(name.isCanonical, "\(entry.path)")
      #expect(LegacyName.name(of: name.key, kind: name.kind, byteOrder: .little) == parts[parts.count - 1])
      #expect(name.fanout.directoryName == parts[parts.count - 2], "\(entry.path)")
      #expect((name.kind == .index) == (entry.type == "dir"), "\(entry.path)")
      #expect(name.fits)
    }
    #expect(names == 195)
  }

  @Test("every level of every path, and its record, is understood")
  func paths() throws {
    for entry in try CapturedEntry.all(legacyCapture) where entry.components.count > 1 {
      let comment = Comment(rawValue: entry.path)
      guard entry.components[0] == ascii("cache") else { continue }
      let path = try LegacyPath(components: entry.components)
      let value = entry.attribute
      #expect((value != nil) == (path.lastFanout == nil), comment)
      #expect(path.levels.allSatisfy { $0.isInPlace == true && $0.role != .unknown }, comment)
      for level in path.levels {
        #expect(level.type == path.type, comment)
        #expect(level.fields.isEmpty == false, comment)
        #expect(level.fields["key"] == nil, comment)
      }
      guard let value, let level = path.levels.last else { continue }
      let record = try LegacyRecord(parsing: value.span)
      #expect(record.bytes == value, comment)
      #expect(record.typeName == (entry.type == "dir" ? "index" : "data"), comment)
      #expect(level.fields(of: record)["coherency"] == nil, comment)
      if level.role == .object { #expect(level.fields(of: record).isEmpty == false, comment) }
    }
  }

  @Test("the directory cache has the two letters C3")
  func cacheDirectory() throws {
    let entry = try #require(try CapturedEntry.all(legacyCapture).first { $0.path == "cache" })
    let record = try LegacyRecord(#require(entry.attribute))
    #expect(record == .cacheDirectory)
  }
}
