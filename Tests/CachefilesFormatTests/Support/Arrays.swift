// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

// The module reads spans, which may not be made of temporary arrays; tests have mostly those.

extension Fanout {
  init?(_ name: [UInt8]) { self.init(directoryName: name.span) }
}

extension LegacyName {
  init(_ name: [UInt8]) throws(Failure) { try self.init(parsing: name.span) }
}

extension LegacyRecord {
  init(_ value: [UInt8]) throws(Failure) { try self.init(parsing: value.span) }
}

extension ObjectRecord {
  init(_ value: [UInt8]) throws(Failure) { try self.init(parsing: value.span) }
}

extension VolumeRecord {
  init(_ value: [UInt8]) throws(Failure) { try self.init(parsing: value.span) }
}

extension GraveyardName {
  init?(_ name: [UInt8]) { self.init(name.span) }
}

extension NetfsVolume {
  init(_ key: [UInt8], _ byteOrder: ByteOrder = .little) { self.init(volumeKey: key.span, byteOrder: byteOrder) }
  init(_ key: String, _ byteOrder: ByteOrder = .little) { self.init(ascii(key), byteOrder) }
}

extension NetfsObject {
  init(_ key: [UInt8], _ lengths: ClosedRange<Int>? = nil, _ type: NetfsType, _ byteOrder: ByteOrder = .little) {
    self.init(cookieKey: key.span, keyLengths: lengths, in: type, byteOrder: byteOrder)
  }
}

extension NetfsCoherency {
  init(_ bytes: [UInt8], _ type: NetfsType, _ byteOrder: ByteOrder? = nil) {
    self.init(object: bytes.span, in: type, byteOrder: byteOrder)
  }
  init(volume bytes: [UInt8], _ type: NetfsType) { self.init(volume: bytes.span, in: type) }
}

extension NFSFileHandle {
  init(_ handle: [UInt8]) { self.init(handle.span) }
}

extension CookieLine {
  init(_ line: String) throws(Failure) { try self.init(parsing: ascii(line).span) }
}

extension VolumeLine {
  init(_ line: String) throws(Failure) { try self.init(parsing: ascii(line).span) }
}

extension LogLine {
  init(_ line: [UInt8]) throws(Failure) { try self.init(parsing: line.span) }
  init(_ line: String) throws(Failure) { try self.init(ascii(line)) }
}
