// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
package import LinuxIO
import SystemPackage

extension Dirtiness {
  /// What a read of the attribute of a file of the layout from Linux 5.17 on tells. That a mount has no attributes (`EOPNOTSUPP`)
  /// says nothing of the file: with `nouser_xattr` the records are there, and come back with the next mount.
  @inline(__always)
  package init(_ reading: AttributeReading, _ value: Span<UInt8>, inLegacyTree isLegacy: Bool = false) {
    switch reading {
    case .value where isLegacy: self.init(inLegacyTree: value)
    case .value: self.init(record: value)
    case .absent: self = .clean
    case .failed, .longer: self = .cannotTell
    }
  }

  /// Asks an entry of a directory; a symbolic link is not followed.
  package init(
    of name: EntryName, in directory: borrowing OwnedDescriptor, _ buffer: AttributeBuffer,
    inLegacyTree isLegacy: Bool = false
  ) {
    self.init(directory.attribute(CacheAttribute.name, of: name, into: buffer), buffer, inLegacyTree: isLegacy)
  }

  /// Asks an entry of a directory by its record.
  package init(
    of record: borrowing DirectoryRecord, in directory: borrowing OwnedDescriptor, _ buffer: AttributeBuffer,
    inLegacyTree isLegacy: Bool = false
  ) {
    self.init(record.attribute(CacheAttribute.name, in: directory, into: buffer), buffer, inLegacyTree: isLegacy)
  }

  /// What a read into a buffer tells.
  package init(_ reading: AttributeReading, _ buffer: AttributeBuffer, inLegacyTree isLegacy: Bool = false) {
    if case .value(let count) = reading {
      self.init(reading, buffer.bytes(count), inLegacyTree: isLegacy)
    } else {
      self.init(reading, [UInt8]().span)
    }
  }
}

extension ScanEntry {
  /// Whether an object may hold writes that the server never got; of entries whose attribute was not asked for this cannot be
  /// told.
  package var dirtiness: Dirtiness {
    @inline(__always) get {
      attribute.map { Dirtiness($0, attributeValue, inLegacyTree: place == .legacy) } ?? .cannotTell
    }
  }
}
