// SPDX-License-Identifier: Apache-2.0
import CLoops
import CachefilesFormat

/// Names, hashes and attributes: the loops of the toolkit, and what they share with those in C.
///
/// Each loop gives a sum over its results, so that none of them can be left out, and so that both sides can be compared.
struct Codec: Sendable {
  let keys = Pack(Samples.keys)
  let volumes = Pack(Samples.volumes)
  let records = Pack(Samples.records)
  let names: Pack
  let volume = KeyHash(0x1234_5678)

  init() {
    do {
      names = Pack(try Samples.keys.map { try ObjectName.name(of: $0) })
    } catch {
      fatalError("a key without a name: \(error)")
    }
  }

  /// Names of all keys, each into the same buffer.
  func encode(into name: inout [UInt8]) -> UInt64 {
    var sum: UInt64 = 0
    keys.forEach { key in
      name.removeAll(keepingCapacity: true)
      _ = try? ObjectName.append(nameOf: key, to: &name)
      sum &+= UInt64(name.count)
    }
    return sum
  }

  /// Keys of all names, each into the same buffer.
  func decode(into key: inout [UInt8]) -> UInt64 {
    var sum: UInt64 = 0
    names.forEach { name in
      key.removeAll(keepingCapacity: true)
      guard let decoded = try? ObjectName.decode(name, into: &key) else { return }
      sum &+= UInt64(decoded.shortestKey) &+ (decoded.isCanonical ? 1 : 0)
    }
    return sum
  }

  /// The fanout directory of each key.
  func hash() -> UInt64 {
    var sum: UInt64 = 0
    keys.forEach { key in sum &+= UInt64(KeyHash(cookieKey: key, in: volume).fanout.number) }
    return sum
  }

  /// The hash of each volume key.
  func hashVolumes() -> UInt64 {
    var sum: UInt64 = 0
    volumes.forEach { key in sum &+= UInt64(KeyHash(volumeKey: key).value) }
    return sum
  }

  /// Each attribute as a record, with a copy of its coherency data.
  func parse() -> UInt64 {
    var sum: UInt64 = 0
    records.forEach { value in
      guard let record = try? ObjectRecord(parsing: value) else { return }
      sum &+= record.objectSize &+ UInt64(record.type) &+ UInt64(record.content.rawValue)
      sum &+= UInt64(record.coherency[record.coherency.count - 1])
    }
    return sum
  }

  /// Stops the program where the two sides differ in any name, key or hash.
  func compare() {
    var buffer = [UInt8](repeating: 0, count: 1024)
    for key in Samples.keys {
      let name = (try? ObjectName.name(of: key)) ?? []
      let length = cloops_encode(key, key.count, &buffer)
      precondition(Array(buffer[..<length]) == name, "C names a key otherwise: \(key)")
      precondition(cloops_hash(volume.value, key, key.count) == KeyHash(cookieKey: key.span, in: volume).value)

      var decodedKey: [UInt8] = []
      guard let decoded = try? ObjectName.decode(name.span, into: &decodedKey) else {
        preconditionFailure("a name without a key: \(name)")
      }
      var answer = cloops_decoded()
      precondition(cloops_decode(name, name.count, &buffer, &answer) == 1, "C finds no key in \(name)")
      precondition(Array(buffer[..<answer.length]) == decodedKey, "C reads another key from \(name)")
      precondition(answer.shortest == decoded.shortestKey && answer.longest == decoded.longestKey)
      precondition((answer.canonical == 1) == decoded.isCanonical && decoded.isCanonical)
    }
    for key in Samples.volumes {
      precondition(cloops_volume_hash(key, key.count) == KeyHash(volumeKey: key.span).value)
    }
    precondition(records.withC(cloops_records_all) == parse(), "C reads other records")
  }
}
