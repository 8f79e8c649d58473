// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CachefilesFormat

@Suite("Known answers of the format")
struct KnownAnswersTests {
  let answers: KnownAnswers

  init() throws { answers = try Fixtures.knownAnswers.get() }

  @Test("every key has the known hashes, fanout, scheme and name")
  func encode() throws {
    #expect(answers.encode.count == 426)
    for answer in answers.encode {
      let comment = Comment(rawValue: "vector \(answer.id), \(answer.why)")
      let key = bytes(answer.cookieKeyHex)
      let volume = KeyHash(volumeKey: bytes(answer.volumeKeyHex).span)
      let cookie = KeyHash(cookieKey: key.span, in: volume)
      #expect(key.count == answer.keyLen, comment)
      #expect(Hex.string(volume.value) == answer.volumeHash, comment)
      #expect(Hex.string(cookie.value) == answer.cookieHash, comment)
      #expect(cookie.fanout.description == answer.fanout, comment)
      let name = try ObjectName.name(of: key)
      #expect(name == bytes(answer.fullNameHex), comment)
      #expect(name.count == answer.fullNameLen, comment)
      #expect(String(NameScheme(rawValue: name[0])!.letter) == answer.scheme, comment)
      #expect(name == Reference.name(of: key), comment)
    }
  }

  @Test("every key is measured as known in all schemes")
  func measure() {
    for answer in answers.encode {
      let comment = Comment(rawValue: "vector \(answer.id), \(answer.why)")
      let key = bytes(answer.cookieKeyHex)
      let lengths = EncodedLengths(key.span)
      #expect(lengths.base64 == answer.b64len, comment)
      #expect(lengths.isPlain == (answer.scheme == "D"), comment)
      if !lengths.isPlain {
        #expect(lengths.bigEndian == answer.nbe, comment)
        #expect(lengths.littleEndian == answer.nle, comment)
      }
    }
  }

  @Test("long names have the known fate, and the known name on kernels that cut them")
  func fate() throws {
    for answer in answers.encode {
      let comment = Comment(rawValue: "vector \(answer.id), \(answer.why)")
      let name = try ObjectName.name(of: bytes(answer.cookieKeyHex))
      let old = bytes(answer.oldKernelNameHex ?? "")
      switch ObjectName.fate(ofNameLength: name.count) {
      case .fits:
        #expect(answer.usable, comment)
        #expect(old == name, comment)
      case .cut(let length):
        #expect(!answer.usable, comment)
        #expect(old == Array(name[..<length]), comment)
      case .never:
        #expect(!answer.usable, comment)
        #expect(old.isEmpty, comment)
      }
    }
  }

  @Test("every name that a kernel makes decodes to the known lengths")
  func decodeEncoded() throws {
    for answer in answers.encode where answer.usable {
      let comment = Comment(rawValue: "vector \(answer.id), \(answer.why)")
      let result = try decoded(bytes(answer.fullNameHex))
      #expect(result.name.isCanonical, comment)
      #expect(result.name.keyLengths == answer.decodeLengths, comment)
      #expect(Array(result.key[..<answer.keyLen]) == bytes(answer.cookieKeyHex), comment)
    }
  }

  /// Our words for the failures, by those of the file.
  static let failures: [String: @Sendable (NameFailure) -> Bool] = [
    "bad padding digit": { $0 == .badPaddingDigit },
    "field longer than 8 hex digits": { $0 == .longWord },
    "byte that can't be in a file name": { if case .impossibleByte = $0 { true } else { false } },
    "base64 part is not a positive multiple of 4 characters": {
      if case .badBase64Length = $0 { true } else { false }
    },
    "character outside the base64 alphabet": { if case .notBase64 = $0 { true } else { false } },
    "unknown scheme letter": { if case .unknownScheme = $0 { true } else { false } },
    "field is not hexadecimal": { if case .notHexadecimal = $0 { true } else { false } },
  ]

  @Test("names decode, or fail, as known and with the known problem")
  func decode() {
    #expect(answers.decode.count == 44)
    for answer in answers.decode {
      let name = bytes(answer.nameHex)
      let comment = Comment(rawValue: EscapedBytes.string(name))
      do {
        let result = try decoded(name)
        var padded = result.key
        while padded.count % 4 != 0 { padded.append(0) }
        #expect(answer.ok, comment)
        #expect(String(result.name.scheme.letter) == answer.scheme, comment)
        #expect(padded == bytes(answer.paddedHex), comment)
        #expect(result.name.keyLengths == answer.lengths, comment)
        #expect(result.name.isCanonical == answer.canonical, comment)
        #expect(result.name.defect?.description ?? "" == answer.problem, comment)
      } catch {
        #expect(!answer.ok, comment)
        let says = Self.failures[answer.problem]
        #expect(says?(error) == true, "\(comment): \(error) for \(answer.problem)")
      }
    }
  }

  @Test("object records have the known bytes, and come back from them")
  func objectRecords() throws {
    for answer in answers.objectXattr {
      let record = ObjectRecord(
        objectSize: answer.objectSize, zeroPoint: answer.zeroPoint, type: answer.type,
        content: Content(rawValue: answer.content), coherency: bytes(answer.auxHex))
      #expect(record.bytes == bytes(answer.xattrHex))
      let parsed = try ObjectRecord(parsing: bytes(answer.xattrHex).span)
      #expect(parsed == record)
    }
  }

  @Test("objects are accepted, replaced or refused as known")
  func objectChecks() {
    for answer in answers.objectCheck {
      let rejection = ObjectRecord.rejection(
        of: answer.xattrHex.map { bytes($0) }, coherencyLength: nil, coherency: bytes(answer.wantAuxHex),
        objectSize: answer.wantSize)
      let comment = Comment(rawValue: answer.case)
      #expect((rejection?.outcome(.since6_10) ?? .accept).rawValue == answer.outcome610AndLater, comment)
      #expect((rejection?.outcome(.before6_10) ?? .accept).rawValue == answer.outcomeBefore610, comment)
    }
  }

  @Test("volumes are accepted, buried or refused as known")
  func volumeChecks() {
    for answer in answers.volumeCheck {
      let rejection = VolumeRecord.rejection(
        of: answer.xattrHex.map { bytes($0) }, coherencyLength: nil, coherency: bytes(answer.wantCoherencyHex))
      let comment = Comment(rawValue: answer.case)
      #expect((rejection?.outcome(.since6_10) ?? .accept).rawValue == answer.outcome610AndLater, comment)
      #expect((rejection?.outcome(.before6_10) ?? .accept).rawValue == answer.outcomeBefore610, comment)
    }
  }

  @Test("names in the graveyard are read as known")
  func graveyard() {
    for answer in answers.graveyard {
      let name = GraveyardName(ascii(answer.name).span)
      #expect(name?.undertaker.rawValue == answer.parsed?.undertaker, "\(answer.name)")
      #expect(name?.seconds == answer.parsed?.seconds, "\(answer.name)")
      #expect(name?.counter == answer.parsed?.counter, "\(answer.name)")
      if let name { #expect(name.bytes == ascii(answer.name)) }
    }
  }

  @Test("limits and culling are as known")
  func limits() {
    for answer in answers.limits {
      var percentages = CullPercentages()
      percentages.brun = answer.percent.brun
      percentages.bcull = answer.percent.bcull
      percentages.bstop = answer.percent.bstop
      percentages.frun = answer.percent.frun
      percentages.fcull = answer.percent.fcull
      percentages.fstop = answer.percent.fstop
      let limits = CullLimits(percentages, blocks: answer.fBlocks, files: answer.fFiles)
      #expect(limits.brun == answer.limits.brun)
      #expect(limits.bcull == answer.limits.bcull)
      #expect(limits.bstop == answer.limits.bstop)
      #expect(limits.frun == answer.limits.frun)
      #expect(limits.fcull == answer.limits.fcull)
      #expect(limits.fstop == answer.limits.fstop)
      let judgement = limits.judge(
        freeFiles: answer.fFfree, availableBlocks: answer.fBavail, wantedFiles: answer.fnr, wantedBlocks: answer.bnr,
        culling: answer.cullingBefore)
      #expect(judgement.isAllowed == answer.allowed)
      #expect(judgement.isCulling == answer.cullingAfter)
    }
  }
}
