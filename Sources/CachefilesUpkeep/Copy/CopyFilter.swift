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
    case .value: return objection(toRecord: entry.attributeValue)
    }
  }

  /// Why an object is left out by its record; nil for one to copy.
  func objection(toRecord value: Span<UInt8>) -> Objection? {
    do throws(ObjectRecord.Failure) {
      _ = try ObjectRecord(parsing: value)
      if !Dirtiness(record: value).isClean, !includesDirty { return Objection(.dirty, "it is dirty") }
      return nil
    } catch {
      return Objection(.unsound, "its record cannot be read: \(error)")
    }
  }

  /// Why no kernel finds an object by its name and place; nil when one does.
  private mutating func objection(toName entry: borrowing ScanEntry) -> String? {
    guard let volume = entry.volumeTraits, let number = entry.fanout else { return "it is in no volume" }
    return objection(toName: entry.name, hash: volume.hash, fanout: number)
  }

  /// The same of a name and its place.
  mutating func objection(toName name: Span<UInt8>, hash: KeyHash, fanout number: UInt8) -> String? {
    key.removeAll(keepingCapacity: true)
    do throws(NameFailure) {
      let decoded = try ObjectName.decode(name, into: &key)
      if let defect = decoded.defect { return "no kernel makes its name: \(defect)" }
    } catch {
      return "its name stands for no key: \(error)"
    }
    let placed = KeyHash(cookieKey: key.span, in: hash).fanout
    if placed.number == number { return nil }
    return "it stands in \(Fanout(number)) and belongs in \(placed)"
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
    return objection(toVolumeRecord: entry.attributeValue)
  }

  /// Why a volume directory is left out by its record; nil for one to copy.
  static func objection(toVolumeRecord value: Span<UInt8>) -> Objection? {
    do throws(VolumeRecord.Failure) {
      _ = try VolumeRecord(parsing: value)
      return nil
    } catch {
      return Objection(.unsound, "a volume whose record cannot be read: \(error)")
    }
  }
}
