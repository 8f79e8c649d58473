// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// Judges what of a cache is worth copying, from what a scan sees. Pure but for the buffer that it uses again.
///
/// A copy takes over what a kernel would find and read: regular files under canonical names in their right places, with
/// a record. All else is of no use there, or does harm.
struct CopyFilter {
  let includesDirty: Bool
  private var key: [UInt8] = []

  init(includesDirty: Bool) { self.includesDirty = includesDirty }

  /// Why something is left out.
  struct Objection {
    var reason: CopySkipReason
    var words: String

    init(_ reason: CopySkipReason, _ words: String) {
      self.reason = reason
      self.words = words
    }
  }

  /// Why the entry of a fanout directory is left out; nil for an object to copy.
  mutating func objection(to entry: borrowing ScanEntry) -> Objection? {
    if entry.status.isMountPoint { return Objection(.foreign, "something is mounted there") }
    guard entry.status.kind == .regular else { return Objection(.unsound, "it is \(entry.status.kind.words)") }
    if let words = objection(toName: entry) { return Objection(.unsound, words) }
    switch entry.attribute {
    case .absent: return Objection(.unsound, "it has no \(CacheAttribute.name) attribute")
    case .failed, nil: return Objection(.unsound, "its record cannot be read")
    case .longer(let count):
      return Objection(.unsound, "its record cannot be read: \(ObjectRecord.Failure.tooLong(count: count))")
    case .value: return objection(toRecord: entry.attributeValue, in: entry.volumeTraits?.rules ?? .unknown)
    }
  }

  /// Why an object is left out by its record, which no kernel uses, or which is that of a dirty one; nil for one to copy.
  func objection(toRecord value: Span<UInt8>, in type: NetfsType) -> Objection? {
    // What may hold unsaved writes is called so, and taken when asked for, whatever else its record is.
    if !Dirtiness(record: value).isClean, (try? ObjectRecord(parsing: value)) != nil {
      return includesDirty ? nil : Objection(.dirty, "it is dirty")
    }
    return ObjectRecord.rejection(of: value.array, coherencyLength: type.objectCoherencyLength)
      .map { Objection(.unsound, $0.description) }
  }

  /// Why no kernel finds an object by its name and place; nil when one does.
  private mutating func objection(toName entry: borrowing ScanEntry) -> String? {
    guard let volume = entry.volumeTraits, let number = entry.fanout else { return "it is in no volume" }
    return objection(toName: entry.name, in: volume, fanout: number)
  }

  /// The same of a name and its place.
  mutating func objection(toName name: Span<UInt8>, in volume: VolumeTraits, fanout number: UInt8) -> String? {
    key.removeAll(keepingCapacity: true)
    let decoded: DecodedName
    do throws(NameFailure) { decoded = try ObjectName.decode(name, into: &key) } catch {
      return "its name stands for no key: \(error)"
    }
    if let defect = decoded.defect { return "no kernel makes its name: \(defect)" }
    let placed = KeyHash(cookieKey: key.span, in: volume.hash).fanout
    if placed.number != number { return "it stands in \(Fanout(number)) and belongs in \(placed)" }
    let lengths = decoded.shortestKey...max(decoded.shortestKey, decoded.longestKey)
    if volume.rules.hasKeys(of: lengths) { return nil }
    return NetfsObject(cookieKey: key.span, keyLengths: lengths, in: volume.rules, byteOrder: .host).impossibility
  }

  /// Why a volume directory is left out; nil for one to copy.
  static func objection(toVolume entry: borrowing ScanEntry) -> Objection? {
    guard entry.status.kind == .directory else {
      return Objection(.unsound, "a volume that is \(entry.status.kind.words)")
    }
    switch entry.attribute {
    case .absent: return Objection(.unsound, "a volume without a \(CacheAttribute.name) attribute")
    case .value: break
    case .failed, .longer, nil: return Objection(.unsound, "a volume whose record cannot be read")
    }
    let type = VolumeName.key(ofName: entry.name).map { NetfsType(rulesOf: $0.span) } ?? .unknown
    return objection(toVolumeRecord: entry.attributeValue, in: type)
  }

  /// Why a volume directory is left out by its record; nil for one to copy.
  static func objection(toVolumeRecord value: Span<UInt8>, in type: NetfsType) -> Objection? {
    VolumeRecord.rejection(of: value.array, coherencyLength: type.volumeCoherencyLength)
      .map { Objection(.unsound, "a volume that no kernel uses: \($0)") }
  }
}
