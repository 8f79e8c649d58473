// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// One object of a synthetic cache, made from its number; reused from object to object.
struct SyntheticObject {
  /// The cookie key.
  var key: [UInt8] = []
  /// The file name.
  var name: [UInt8] = []
  private var record = ObjectRecord(objectSize: 0)
  private var data: [DataExtent] = []
  private var accessTime = Timestamp(seconds: 0)
  private var modificationTime = Timestamp(seconds: 0)

  /// Nanoseconds of a day.
  private static let day = 86400e9
  /// The newest time of a file on a server, 2026-01-01 UTC. Names and records hold such times, so that they
  /// must not depend on the day of the run.
  private static let lastWritten = Timestamp(seconds: 1_767_225_600)
  /// ln 2 of the median size of 24 KiB is about 10.1; two powers of e spread it from bytes to gigabytes.
  private static let sizeCentre = 10.1
  private static let sizeSpread = 2.0

  /// Makes the object with this number.
  mutating func make(_ index: Int, _ volume: SyntheticVolume, _ number: Int, _ cache: SyntheticCache) {
    var random = SplitMix64(seed: cache.seed &* 0x1000_0000_01b3 ^ UInt64(index) &* 0x9e37_79b9 ^ UInt64(number) << 56)
    let age = min(-Self.logarithm(1 - random.unit()) * 25, 200) * Self.day
    accessTime = cache.now - .nanoseconds(Int64(age))
    modificationTime = accessTime - .nanoseconds(Int64(random.unit() * 2 * Self.day))
    let written = Self.lastWritten - .nanoseconds(Int64(random.unit() * 400 * Self.day))
    let size = min(Self.exponential(Self.sizeCentre + Self.sizeSpread * random.normal()), 0x1p40)
    record.objectSize = UInt64(size)
    makeKey(index, volume.keys, written, &random)
    makeCoherency(volume.keys, written, &random)
    makeData(cache.maximumData, &random)
    // Every key made here is one that the kernel accepts.
    var encoded: [UInt8] = []
    swap(&encoded, &name)
    encoded.removeAll(keepingCapacity: true)
    _ = try? ObjectName.append(nameOf: key.span, to: &encoded)
    swap(&encoded, &name)
  }

  private mutating func makeKey(
    _ index: Int, _ kind: SyntheticVolume.Keys, _ written: Timestamp, _ random: inout SplitMix64
  ) {
    key.removeAll(keepingCapacity: true)
    let inode = UInt32(truncatingIfNeeded: index &+ 12)
    switch kind {
    case .nfsShort, .nfsLong:
      key += kind == .nfsLong ? [1, 0, 6, 1] : [1, 0, 1, 1]
      if kind == .nfsLong {
        key += [0xac, 0x81, 0x91, 0x49, 0x8c, 0x9c, 0x4f, 0xbd, 0x86, 0x71, 0x2a, 0x00, 0xee, 0xf6, 0x5b, 0x79]
      } else {
        key += [0, 0, 0, 0]
      }
      key.append(inode, .little)
      key.append(UInt32(truncatingIfNeeded: random.next()), .little)
    case .nfsOpaque:
      key += [0x43, 0, 0, 5, 0x1a]
      for _ in 0..<3 { key.append(random.next(), .little) }
      key.append(inode, .little)
      key += [1, 0]
    case .afs:
      key.append(inode &* 2, .big)
      key.append(UInt32(truncatingIfNeeded: random.next() & 0xfffff), .big)
      key += [0, 0, 0, 0, 0, 0, 0, 0]
    case .cifs:
      key.append(UInt64(inode), .little)
      key.append(UInt64(written.clampedNanoseconds / 100) &+ 116_444_736_000_000_000, .little)
      key.append(8)
    case .ninep:
      key.append(UInt64(inode) &+ 0xf80000, .little)
    case .ceph:
      key.append(UInt64(inode) &+ 1 << 40, .little)
      key.append(UInt64.max - 1, .little)
    case .erofs:
      for _ in 0..<3 { key += Hex.string(UInt32(truncatingIfNeeded: random.next())).utf8 }
      key += Hex.string(inode).utf8
    }
  }

  private mutating func makeCoherency(
    _ kind: SyntheticVolume.Keys, _ written: Timestamp, _ random: inout SplitMix64
  ) {
    record.coherency.removeAll(keepingCapacity: true)
    let seconds = UInt64(bitPattern: written.seconds)
    let nanoseconds = UInt64(written.nanoseconds)
    switch kind {
    case .nfsShort, .nfsLong, .nfsOpaque:
      for _ in 0..<2 {
        record.coherency.append(seconds, .little)
        record.coherency.append(nanoseconds, .little)
      }
      record.coherency.append(kind == .nfsShort ? 0 : UInt64(bitPattern: written.clampedNanoseconds), .little)
    case .afs: record.coherency.append(random.next() % 9 + 1, .big)
    case .cifs:
      record.coherency.append(seconds, .little)
      record.coherency.append(seconds, .little)
      record.coherency.append(UInt32(nanoseconds), .little)
      record.coherency.append(UInt32(nanoseconds), .little)
    case .ninep: record.coherency.append(UInt32(truncatingIfNeeded: seconds), .little)
    case .ceph: record.coherency.append(random.next() % 99 + 1, .little)
    case .erofs: break
    }
  }

  /// Which parts are cached: for most objects all, for some a few runs, for some nothing.
  private mutating func makeData(_ limit: Int64, _ random: inout SplitMix64) {
    data.removeAll(keepingCapacity: true)
    let blocks = (record.objectSize + 4095) / 4096
    let budget = min(blocks, UInt64(limit) / 4096)
    guard budget > 0 else { return }
    switch random.next() % 100 {
    case 0..<70: data.append(DataExtent(offset: 0, length: budget * 4096))
    case 70..<92:
      let runs = min(budget, 1 + random.next() % 4)
      let stretch = blocks / runs
      for run in 0..<runs {
        let length = min(max(1, budget / runs), stretch)
        let start = run * stretch + random.next() % max(1, stretch - length + 1)
        data.append(DataExtent(offset: start * 4096, length: length * 4096))
      }
    default: break
    }
  }

  /// Writes the object into its fanout directory.
  func write(in fanout: borrowing OwnedDescriptor) throws(Errno) {
    guard let entryName = EntryName(name) else { throw .invalidArgument }
    let file = try fanout.open(entryName, .create(permissions: 0o600))
    let end = Int64(clamping: record.objectSize)
    for run in data { try file.fill(offset: Int64(run.offset), length: Int64(run.length), end: end) }
    if let size = ObjectRecord.fileSize(forObjectSize: record.objectSize), size > 0 {
      try file.truncate(to: Int64(size))
    }
    try file.setAttribute(CacheAttribute.name, to: record.bytes)
    try file.setTimes(access: accessTime, modification: modificationTime)
  }

  /// e to a power, by halving it until a short series is exact enough. Keeps the C library's mathematics out.
  private static func exponential(_ power: Double) -> Double {
    let reduced = power / 1024
    var value = 1 + reduced * (1 + reduced / 2 * (1 + reduced / 3))
    for _ in 0..<10 { value *= value }
    return value
  }

  /// The natural logarithm, by Newton's method on ``exponential(_:)``.
  private static func logarithm(_ value: Double) -> Double {
    guard value > 0 else { return -700 }
    var guess = Double(value.exponent) * 0.6931471805599453
    for _ in 0..<6 { guess += 2 * (value - exponential(guess)) / (value + exponential(guess)) }
    return guess
  }
}
