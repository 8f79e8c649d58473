// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// Judges what stands at an object's place, from what a scan sees of it. Pure: no system calls.
///
/// The kernel's side of it is `cachefiles_look_up_object` and `cachefiles_open_file` (fs/cachefiles/namei.c) for the
/// place and kind, `cachefiles_check_auxdata` (fs/cachefiles/xattr.c) for the attribute, and `cachefiles_adjust_size`
/// (fs/cachefiles/interface.c) for the length.
///
/// One value a thread: the key is decoded into a buffer that is used again.
struct ObjectJudge {
  let context: CheckContext
  private var placement = PlacementJudge()
  /// Whether a kernel finds and uses the object that was judged last: what it used, it gave a time of last use.
  private(set) var isUsable = false

  init(_ context: CheckContext) { self.context = context }

  /// The facts about one entry of a fanout directory.
  struct Facts: ~Escapable {
    let name: Span<UInt8>
    let status: FileStatus
    let attribute: AttributeReading?
    let value: Span<UInt8>

    @_lifetime(copy name, copy value)
    init(name: Span<UInt8>, status: FileStatus, attribute: AttributeReading?, value: Span<UInt8>) {
      self.name = name
      self.status = status
      self.attribute = attribute
      self.value = value
    }
  }

  /// Appends what is wrong with an entry, nothing for a sound object.
  mutating func judge(
    _ facts: borrowing Facts, in volume: VolumeTraits, fanout: UInt8, into found: inout [Judgement]
  ) {
    isUsable = false
    if let words = facts.status.protectingFlag { found.append(Judgement(.o19, "it is \(words)")) }
    switch facts.status.kind {
    case .regular: break
    case .directory:
      found.append(Judgement(.o04, "it is a directory"))
      return
    default:
      found.append(Judgement(.o05, "it is \(facts.status.kind.words)"))
      return
    }
    guard judgeName(facts.name, volume, fanout, &found) else { return }
    let count = found.count
    judgeRecord(facts, volume.rules, &found)
    isUsable = isUsed(facts, volume.rules, isSound: found.count == count)
    judgeFile(facts.status, &found)
  }

  /// Whether the kernel can find the object at all.
  private mutating func judgeName(
    _ name: Span<UInt8>, _ volume: VolumeTraits, _ fanout: UInt8, _ found: inout [Judgement]
  ) -> Bool {
    var lengths = 0...0
    if let failure = placement.judge(name, volume, fanout, &lengths) {
      found.append(Self.judgement(failure, fanout))
      return false
    }
    return judgeKeyLength(placement.key, lengths, volume.rules, &found)
  }

  private static func judgement(_ failure: PlacementFailure, _ fanout: UInt8) -> Judgement {
    switch failure {
    case .noKey(let reason): Judgement(.o01, "its name stands for no key: \(reason)")
    case .notMade(let defect): Judgement(.o02, "no kernel makes its name: \(defect)")
    case .elsewhere(let place): Judgement(.o03, "it stands in \(Fanout(fanout)) and belongs in \(place)")
    }
  }

  @inline(__always)
  private func judgeKeyLength(
    _ key: [UInt8], _ lengths: ClosedRange<Int>, _ type: NetfsType, _ found: inout [Judgement]
  ) -> Bool {
    switch type {
    case .unknown: return true
    case .nfs where lengths.lowerBound <= 128: return true
    case .cifs:
      // 17 bytes from 6.9 on, and in stable series before; 8 bytes until then.
      if lengths.contains(17) { return true }
      if lengths.contains(8) {
        if context.kernel >= KernelRelease(6, 9) {
          found.append(Judgement(.o21, "its key has 8 bytes; kernel \(context.kernel) makes keys of 17"))
          return false
        }
        return true
      }
    case .afs, .ceph: if lengths.contains(16) { return true }
    case .ninep: if lengths.contains(8) { return true }
    case .nfs, .erofs: break
    }
    let object = NetfsObject(cookieKey: key.span, keyLengths: lengths, in: type, byteOrder: .host)
    guard let reason = object.impossibility else { return true }
    found.append(Judgement(.o22, reason))
    return false
  }

  private func judgeRecord(_ facts: borrowing Facts, _ type: NetfsType, _ found: inout [Judgement]) {
    let expected = type.objectCoherencyLength.map { $0 + ObjectRecord.headerLength }
    let longest = expected ?? ObjectRecord.headerLength + ObjectRecord.longestCoherency
    switch facts.attribute {
    case .failed, nil: return
    case .absent: found.append(Judgement(.o06, "it has no \(CacheAttribute.name) attribute"))
    case .longer(let count): found.append(Judgement(.o07, Self.tooLong(count, longest)))
    case .value(let count):
      if count > longest {
        found.append(Judgement(.o07, Self.tooLong(count, longest)))
      } else if count < expected ?? ObjectRecord.headerLength {
        let least = expected ?? ObjectRecord.headerLength
        found.append(Judgement(.o08, "its attribute has \(count) bytes, fewer than the \(least) expected"))
      } else {
        judgeFields(facts.value, facts.status, &found)
      }
    }
  }

  /// Whether a kernel uses an object that it finds. It does not touch what it refuses, whose last use therefore tells nothing.
  @inline(__always)
  private func isUsed(_ facts: borrowing Facts, _ type: NetfsType, isSound: Bool) -> Bool {
    guard case .value = facts.attribute else { return false }
    return isSound
      || ObjectRecord.rejection(of: facts.value.array, coherencyLength: type.objectCoherencyLength) == nil
  }

  private static func tooLong(_ count: Int, _ longest: Int) -> String {
    "its attribute has \(count) bytes, more than the \(longest) expected"
  }

  @inline(__always)
  private func judgeFields(_ value: Span<UInt8>, _ status: FileStatus, _ found: inout [Judgement]) {
    guard let record = ObjectRecordView(value) else { return }
    let size = record.objectSize
    if record.type != ObjectRecord.dataType {
      found.append(Judgement(.o09, "its type byte is \(record.type), not \(ObjectRecord.dataType)"))
      return
    }
    if size > UInt64(Int64.max) {
      found.append(Judgement(.o14, "its size is 0x\(String(size, radix: 16)): no file is so long"))
      return
    }
    let content = record.content
    if content == .dirty {
      found.append(
        Judgement(
          .o10, context.isLive ? "it is open for writing now" : "it was open for writing when the cache went down"))
    } else if content.rawValue > Content.dirty.rawValue {
      found.append(Judgement(.o12, "its content is \(content.rawValue), which is not defined"))
    } else if content != .noData {
      found.append(Judgement(.o11, "its content is \(content.rawValue)"))
    }
    if record.zeroPoint != 0 { found.append(Judgement(.o13, "its zero point is \(record.zeroPoint)")) }
    if status.size % Self.pageSize != 0 {
      found.append(Judgement(.o16, "its length is \(status.size) bytes: the last page is not whole"))
    } else if status.size != (size + Self.pageSize - 1) / Self.pageSize * Self.pageSize {
      found.append(Judgement(.o15, "its length is \(status.size) bytes; a file of \(size) bytes needs another"))
    }
  }

  /// The unit to which the kernel rounds the lengths of objects, in bytes: `CACHEFILES_DIO_BLOCK_SIZE`.
  static let pageSize: UInt64 = 4096

  private func judgeFile(_ status: FileStatus, _ found: inout [Judgement]) {
    if status.links > 1 { found.append(Judgement(.o18, "it has \(status.links) names")) }
    if status.access > context.latestCredibleUse {
      let hours = (status.access - context.now).clampedSeconds / 3600
      found.append(Judgement(.o24, "its last use lies \(hours) h ahead"))
    }
  }
}
