// SPDX-License-Identifier: Apache-2.0

/// The file of known answers, group by group; bytes are hexadecimal.
struct KnownAnswers: Decodable {
  struct Encode: Decodable {
    var id: Int
    var why: String
    var volumeKeyHex, cookieKeyHex, volumeHash, cookieHash, fanout, scheme, fullNameHex: String
    var keyLen, nbe, nle, b64len, fullNameLen: Int
    var usable: Bool
    var oldKernelNameHex: String?
    var decodeLengths: [Int]?
  }
  struct Decode: Decodable {
    var nameHex: String
    var ok: Bool
    var scheme, paddedHex: String
    var lengths: [Int]
    var canonical: Bool
    var problem: String
  }
  struct ObjectAttribute: Decodable {
    var objectSize, zeroPoint: UInt64
    var type, content: UInt8
    var auxHex, xattrHex: String
  }
  struct ObjectCheck: Decodable {
    var `case`: String
    var xattrHex: String?
    var wantAuxHex: String
    var wantSize: UInt64
    var outcome610AndLater, outcomeBefore610: String
  }
  struct VolumeCheck: Decodable {
    var `case`: String
    var xattrHex: String?
    var wantCoherencyHex: String
    var outcome610AndLater, outcomeBefore610: String
  }
  struct Legacy: Decodable {
    var kind, keyHex, dir, nameHex: String
    var nameBigEndianHostHex: String?
    var fitsNameMax: Bool
  }
  struct NFS: Decodable {
    var volumeKey: String
    var version, minorversion, family: UInt32
    var port: UInt16
    var address: String
    var fsidMajor, fsidMinor: UInt64
    var sFlags, flags, rsize, wsize, acregmin, acregmax, acdirmin, acdirmax, auFlavor: UInt32
    var uniquifier: String?
  }
  struct NetfsData: Decodable {
    var netfs: String
    var auxHex, keyHex, coherencyHex, host: String?
    var mtimeSec, ctimeSec, lastWriteSec, lastChangeSec: Int64?
    var mtimeNsec, ctimeNsec, lastWriteNsec, lastChangeNsec: UInt32?
    var changeAttr, uniqueid, createtime, resourceId, volCreateTime, volSerialNumber: UInt64?
    var vnode, ino, snap: UInt64?
    var type: UInt8?
    var unique, vnodeHi: UInt32?
  }
  struct Graveyard: Decodable {
    struct Parsed: Decodable {
      var undertaker: String
      var seconds: UInt64
      var counter: UInt32

      init(from decoder: any Decoder) throws {
        var values = try decoder.unkeyedContainer()
        undertaker = try values.decode(String.self)
        seconds = try values.decode(UInt64.self)
        counter = try values.decode(UInt32.self)
      }
    }
    var name: String
    var parsed: Parsed?
  }
  struct Limits: Decodable {
    struct Percentages: Decodable { var brun, bcull, bstop, frun, fcull, fstop: Int }
    struct Values: Decodable { var brun, bcull, bstop, frun, fcull, fstop: UInt64 }
    var fBlocks, fFiles: UInt64
    var percent: Percentages
    var limits: Values
    var cullingBefore: Bool
    var fFfree, fBavail, fnr, bnr: UInt64
    var allowed, cullingAfter: Bool
  }

  var encode: [Encode]
  var decode: [Decode]
  var objectXattr: [ObjectAttribute]
  var objectCheck: [ObjectCheck]
  var volumeCheck: [VolumeCheck]
  var legacy: [Legacy]
  var nfsVolume: [NFS]
  var netfsData: [NetfsData]
  var graveyard: [Graveyard]
  var limits: [Limits]
}
