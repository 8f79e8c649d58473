// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import Testing

@Suite("Known answers of the network file systems and the old layout")
struct KnownNetfsAnswersTests {
  let answers: KnownAnswers

  init() throws { answers = try Fixtures.knownAnswers.get() }

  @Test("NFS volume keys have the known fields")
  func nfsVolumes() throws {
    #expect(answers.nfsVolume.count == 5)
    for answer in answers.nfsVolume {
      let key = ascii(answer.volumeKey)
      let parsed = NetfsVolume(volumeKey: key.span, byteOrder: .little)
      guard case .nfs(let volume) = parsed else {
        Issue.record("\(answer.volumeKey): \(parsed)")
        continue
      }
      #expect(volume.version == answer.version)
      #expect(volume.minorVersion == answer.minorversion)
      #expect(volume.address.description == answer.address)
      if case .v4 = volume.address { #expect(answer.family == 2) } else { #expect(answer.family == 10) }
      #expect(volume.port == answer.port)
      #expect(volume.fsidMajor == answer.fsidMajor)
      #expect(volume.fsidMinor == answer.fsidMinor)
      #expect(volume.superblockFlags == answer.sFlags)
      #expect(volume.mountFlags == answer.flags)
      #expect(volume.rsize == answer.rsize)
      #expect(volume.wsize == answer.wsize)
      #expect(volume.acregmin == answer.acregmin)
      #expect(volume.acregmax == answer.acregmax)
      #expect(volume.acdirmin == answer.acdirmin)
      #expect(volume.acdirmax == answer.acdirmax)
      #expect(volume.authFlavour == answer.auFlavor)
      #expect(volume.uniquifier == answer.uniquifier.map { ascii($0) })
      #expect(parsed.server == answer.address)
    }
  }

  @Test("keys and coherency data have the known fields")
  func netfsData() throws {
    #expect(answers.netfsData.count == 6)
    for answer in answers.netfsData {
      switch answer.netfs {
      case "nfs":
        let aux = bytes(try #require(answer.auxHex))
        let order = try #require(ByteOrder(rawValue: answer.host ?? ""))
        let data = NetfsCoherency(object: aux.span, in: .nfs)
        #expect(data.order == .determined(order))
        #expect(data.fields["modified"] == time(answer.mtimeSec, answer.mtimeNsec))
        #expect(data.fields["changed"] == time(answer.ctimeSec, answer.ctimeNsec))
        #expect(data.fields["change_attribute"] == answer.changeAttr.map { .identifier($0) })
      case "cifs":
        let data = NetfsCoherency(object: bytes(try #require(answer.auxHex)).span, in: .cifs)
        #expect(data.order == .fixed)
        #expect(data.fields["last_write"] == time(answer.lastWriteSec, answer.lastWriteNsec))
        #expect(data.fields["last_change"] == time(answer.lastChangeSec, answer.lastChangeNsec))
      case "cifs-key":
        let object = object(answer.keyHex, .cifs)
        guard case .cifs(let file) = object.identity else { throw Unexpected(object) }
        #expect(file.inodeNumber == answer.uniqueid)
        #expect(file.created?.units == answer.createtime)
        #expect(file.fileType == answer.type)
      case "cifs-volume":
        let data = NetfsCoherency(volume: bytes(try #require(answer.coherencyHex)).span, in: .cifs)
        #expect(data.fields["resource_id"] == answer.resourceId.map { .identifier($0) })
        #expect(data.fields["volume_serial"] == answer.volSerialNumber.map { .identifier($0) })
        let created = NTTime(units: try #require(answer.volCreateTime))
        #expect(data.fields["volume_created"] == .time(seconds: created.seconds, nanoseconds: created.nanoseconds))
      case "afs-key":
        let object = object(answer.keyHex, .afs)
        guard case .afs(let file) = object.identity else { throw Unexpected(object) }
        #expect(file.vnode == answer.vnode)
        #expect(file.uniquifier == answer.unique)
        #expect(file.vnodeHigh == answer.vnodeHi)
      case "ceph-key":
        let object = object(answer.keyHex, .ceph)
        guard case .ceph(let file) = object.identity else { throw Unexpected(object) }
        #expect(file.inodeNumber == answer.ino)
        #expect(file.snapshot == answer.snap)
        #expect(object.provenByteOrder == .little)
      default:
        Issue.record("unknown group \(answer.netfs)")
      }
    }
  }

  @Test("names of the old layout are made and read as known, in the known directories")
  func legacyNames() throws {
    #expect(answers.legacy.count == 13)
    for answer in answers.legacy {
      let key = bytes(answer.keyHex)
      let kind = try #require(LegacyName.Kind(rawValue: answer.kind))
      #expect(LegacyName.fanout(of: key).description == answer.dir)
      #expect(LegacyName.name(of: key, kind: kind, byteOrder: .little) == bytes(answer.nameHex))
      let little = try LegacyName(parsing: bytes(answer.nameHex).span)
      #expect(little.key == key)
      #expect(little.kind == kind)
      #expect(little.isCanonical)
      #expect(little.fits == answer.fitsNameMax)
      #expect(little.byteOrder == (little.form == .text || key.count % 257 == 0 ? nil : .little))
      guard let other = answer.nameBigEndianHostHex else { continue }
      #expect(LegacyName.name(of: key, kind: kind, byteOrder: .big) == bytes(other))
      let big = try LegacyName(parsing: bytes(other).span)
      #expect(big.key == key)
      #expect(big.isCanonical)
      #expect(big.byteOrder == (big.form == .text || key.count % 257 == 0 ? nil : .big))
    }
  }

  struct Unexpected: Error {
    var object: NetfsObject
    init(_ object: NetfsObject) { self.object = object }
  }

  private func object(_ key: String?, _ type: NetfsType) -> NetfsObject {
    NetfsObject(cookieKey: bytes(key ?? "").span, keyLengths: nil, in: type, byteOrder: .little)
  }

  private func time(_ seconds: Int64?, _ nanoseconds: UInt32?) -> NetfsField.Value? {
    guard let seconds, let nanoseconds else { return nil }
    return .time(seconds: seconds, nanoseconds: nanoseconds)
  }
}
