// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO
import SystemPackage

/// What was asked about: an object by its path, name or key.
struct ObjectSubject {
  /// What was given.
  let given: [UInt8]
  /// The volume key; nil when only the network file system is known.
  let volume: [UInt8]?
  /// The object's name.
  let name: [UInt8]
  /// The key, for `S` and `T` names padded to whole words.
  let key: [UInt8]
  /// What the key says.
  let object: NetfsObject
  let byteOrder: ByteOrder

  init(_ given: [UInt8], volume: [UInt8]?, netfs: NetfsType?, byteOrder: ByteOrder) throws(Failure) {
    self.given = given
    self.byteOrder = byteOrder
    let reading = try Self.read(given, volume)
    self.volume = reading.volume
    name = reading.name
    key = reading.key
    let bytes = reading.key
    let type = reading.volume.map { NetfsType(volumeKey: $0.span) } ?? netfs ?? .unknown
    object = NetfsObject(cookieKey: bytes.span, keyLengths: reading.lengths, in: type, byteOrder: byteOrder)
    if reading.volume == nil, netfs == nil { throw Failure("a name or key alone needs --volume or --netfs") }
  }

  /// What the argument is by its form.
  private struct Reading {
    var volume: [UInt8]?
    var name: [UInt8]
    var key: [UInt8]
    var lengths: ClosedRange<Int>?
  }

  private static func read(_ given: [UInt8], _ volume: [UInt8]?) throws(Failure) -> Reading {
    if given.contains(UInt8(ascii: "/")) {
      // As it is printed, with \xHH, unless there is something of that very name.
      let isThere = (try? FileStatus.of(FilePath(bytes: given))) != nil
      let bytes = isThere ? given : EntryPath.forms(given).last ?? given
      let path = EntryPath.belowRoot(bytes) ?? bytes
      let place = StorePath(path.span)
      if case .legacy = place {
        throw Failure(
          "an object of the layout before Linux 5.17, of which mounts know nothing: 'cachefiles show' reads its key")
      }
      guard case .object(let volumeKey, _, let name) = place else {
        throw Failure("no path of an object: I<volume>/@xx/<name> at its end, or <volume>/<name>")
      }
      let (key, lengths) = try decode(name)
      return Reading(volume: volumeKey, name: name, key: key, lengths: lengths)
    }
    if let first = given.first, NameScheme(rawValue: first) != nil {
      let (key, lengths) = try decode(given)
      return Reading(volume: volume, name: given, key: key, lengths: lengths)
    }
    let key: [UInt8]
    do throws(Hex.Failure) { key = try Hex.bytes(given.span) } catch {
      throw Failure("neither a path, nor a name, nor a key: \(error)")
    }
    do throws(CookieKey.Failure) { return Reading(volume: volume, name: try ObjectName.name(of: key), key: key) } catch
    {
      throw Failure("\(error)")
    }
  }

  private static func decode(_ name: [UInt8]) throws(Failure) -> ([UInt8], ClosedRange<Int>?) {
    var key: [UInt8] = []
    let decoded: DecodedName
    do throws(NameFailure) { decoded = try ObjectName.decode(name.span, into: &key) } catch {
      throw Failure("its name stands for no key: \(error)")
    }
    if let defect = decoded.defect { throw Failure("no kernel looks for it: its name is not canonical: \(defect)") }
    return (key, decoded.lengthRange)
  }

  /// What a search looks for.
  var target: KeySearch.Target {
    KeySearch.Target(
      volume: volume, type: object.type, name: name, key: object.keyLength.map { Array(key.prefix($0)) })
  }
}
