/// The two ways in which kernels treat an unreadable or over-long attribute.
public enum KernelEra: String, Sendable, CaseIterable {
  /// Before 6.10 without the fix: the object is replaced, the volume buried.
  case before6_10
  /// 6.10 and later, and the stable series that got commit 0ece614a52bc (6.9, 6.6, 6.1): refused for ever.
  case since6_10
}

/// What the kernel does with an object when its file is opened: `cachefiles_open_file` (fs/cachefiles/namei.c).
public enum ObjectOutcome: String, Sendable {
  /// Used.
  case accept = "ok"
  /// A new object is made, the old one unlinked when the new one is committed.
  case replace
  /// The file is not cached, and the object stays as it is until somebody removes it.
  case refuse
}

/// Why an object is not used; mirrors the order of tests in `cachefiles_check_auxdata` (fs/cachefiles/xattr.c).
public enum ObjectRejection: Equatable, Sendable, CustomStringConvertible {
  /// There is no attribute.
  case absent
  /// The attribute is longer than the netfs expects; both lengths in bytes, header included.
  case tooLong(found: Int, expected: Int)
  /// The attribute is shorter than the netfs expects; both lengths in bytes, header included.
  case tooShort(found: Int, expected: Int)
  /// The type byte is not 1.
  case wrongType(UInt8)
  /// The coherency data differs.
  case coherencyDiffers
  /// The size differs; both in bytes.
  case sizeDiffers(found: UInt64, expected: UInt64)
  /// It was open for writing when the machine went down.
  case dirty

  /// What the kernel does.
  public func outcome(_ era: KernelEra) -> ObjectOutcome {
    switch self {
    case .absent, .tooLong: era == .since6_10 ? .refuse : .replace
    default: .replace
    }
  }

  /// The reason as one line.
  public var description: String {
    switch self {
    case .absent: "it has no \(CacheAttribute.name) attribute"
    case .tooLong(let found, let expected): "its attribute has \(found) bytes, more than the \(expected) expected"
    case .tooShort(let found, let expected): "its attribute has \(found) bytes, fewer than the \(expected) expected"
    case .wrongType(let type): "its type byte is \(type), not 1"
    case .coherencyDiffers: "its coherency data differs from the server's"
    case .sizeDiffers(let found, let expected): "its size is \(found), not \(expected)"
    case .dirty: "it is dirty: it was open for writing when the cache went down"
    }
  }
}

extension ObjectRecord {
  /// Judges an attribute as the kernel would at the next open. Nil means that it is used.
  ///
  /// - Parameters:
  ///   - value: the attribute's bytes; nil when the object has none.
  ///   - coherencyLength: how many bytes of coherency data the netfs has, nil when that is not known.
  ///   - coherency: the coherency data of the server's file, where known.
  ///   - objectSize: the size of the server's file in bytes, where known.
  public static func rejection(
    of value: [UInt8]?, coherencyLength: Int?, coherency: [UInt8]? = nil, objectSize: UInt64? = nil
  ) -> ObjectRejection? {
    guard let value else { return .absent }
    let expected = (coherencyLength ?? coherency?.count).map { $0 + headerLength }
    if let expected {
      if value.count > expected { return .tooLong(found: value.count, expected: expected) }
      if value.count < expected { return .tooShort(found: value.count, expected: expected) }
    }
    guard let record = try? ObjectRecord(parsing: value.span) else {
      if value.count < headerLength { return .tooShort(found: value.count, expected: headerLength) }
      return .tooLong(found: value.count, expected: headerLength + longestCoherency)
    }
    if record.type != dataType { return .wrongType(record.type) }
    if let coherency, coherency != record.coherency { return .coherencyDiffers }
    if let objectSize, objectSize != record.objectSize {
      return .sizeDiffers(found: record.objectSize, expected: objectSize)
    }
    return record.content == .dirty ? .dirty : nil
  }
}

/// What the kernel does with a volume directory when a mount asks for it: `cachefiles_acquire_volume`
/// (fs/cachefiles/volume.c).
public enum VolumeOutcome: String, Sendable {
  /// Used.
  case accept = "ok"
  /// Moved to the graveyard with everything in it, and made anew.
  case bury
  /// The mount is not cached until somebody mends the volume.
  case refuse
}

/// Why a volume directory is not used; mirrors `cachefiles_check_volume_xattr` (fs/cachefiles/xattr.c).
public enum VolumeRejection: Equatable, Sendable, CustomStringConvertible {
  /// There is no attribute.
  case absent
  /// The attribute is longer than the netfs expects; both lengths in bytes, header included.
  case tooLong(found: Int, expected: Int)
  /// The attribute is shorter than the netfs expects; both lengths in bytes, header included.
  case tooShort(found: Int, expected: Int)
  /// The reserved bytes are not zero.
  case reserved(UInt32)
  /// The coherency data differs.
  case coherencyDiffers

  /// What the kernel does.
  public func outcome(_ era: KernelEra) -> VolumeOutcome {
    switch self {
    case .absent, .tooLong: era == .since6_10 ? .refuse : .bury
    default: .bury
    }
  }

  /// The reason as one line.
  public var description: String {
    switch self {
    case .absent: "it has no \(CacheAttribute.name) attribute"
    case .tooLong(let found, let expected): "its attribute has \(found) bytes, more than the \(expected) expected"
    case .tooShort(let found, let expected): "its attribute has \(found) bytes, fewer than the \(expected) expected"
    case .reserved(let value): "its reserved bytes are \(value), not 0"
    case .coherencyDiffers: "its coherency data differs from the server's"
    }
  }
}

extension VolumeRecord {
  /// Judges an attribute as the kernel would at the next mount. Nil means that the volume is used.
  ///
  /// - Parameters:
  ///   - value: the attribute's bytes; nil when the directory has none.
  ///   - coherencyLength: how many bytes of coherency data the netfs has, nil when that is not known.
  ///   - coherency: the coherency data of the server's volume, where known.
  public static func rejection(
    of value: [UInt8]?, coherencyLength: Int?, coherency: [UInt8]? = nil
  ) -> VolumeRejection? {
    guard let value else { return .absent }
    let expected = (coherencyLength ?? coherency?.count).map { $0 + headerLength } ?? max(value.count, headerLength)
    if value.count > expected { return .tooLong(found: value.count, expected: expected) }
    if value.count < expected { return .tooShort(found: value.count, expected: expected) }
    let reserved = value.span.load(UInt32.self, at: 0, .big)
    if reserved != 0 { return .reserved(reserved) }
    if let coherency, Array(value[headerLength...]) != coherency { return .coherencyDiffers }
    return nil
  }
}
