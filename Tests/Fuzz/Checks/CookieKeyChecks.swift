// SPDX-License-Identifier: Apache-2.0
#if DEBUG || Fuzzing
  @testable import CachefilesFormat

  /// Cookie keys, as each network file system reads them.
  enum CookieKeyChecks {
    static func check(_ key: [UInt8]) throws {
      for type in NetfsType.allCases {
        for order in ByteOrder.allCases {
          let object = NetfsObject(cookieKey: key.span, keyLengths: nil, in: type, byteOrder: order)
          try Fields.check(object.fields)
          if let reason = object.impossibility { try Fields.printable(reason) }
          if let length = object.keyLength { try hold(length <= key.count, "a key longer than its bytes") }
          let isLength = type.keyLengths.contains { $0.contains(key.count) } && (type != .erofs || !key.contains(0))
          try hold(object.isPossible == isLength, "\(type): \(key.count) bytes, possible: \(object.isPossible)")
          try padded(key, object, type, order)
        }
      }
      try handle(key)
      for kind in LegacyName.Kind.allCases { _ = LegacyKeys.guess(key.span, kind) }
    }

    /// The key as a name gives it back: filled up, with several lengths.
    private static func padded(_ key: [UInt8], _ exact: NetfsObject, _ type: NetfsType, _ order: ByteOrder) throws {
      guard let name = try? ObjectName.name(of: key) else { return }
      var bytes: [UInt8] = []
      let decoded = try mustNotFail("decode") { try ObjectName.decode(name.span, into: &bytes) }
      guard let last = decoded.keyLengths.last else { return }
      let object = NetfsObject(
        cookieKey: bytes.span, keyLengths: decoded.shortestKey...last, in: type, byteOrder: order)
      try Fields.check(object.fields)
      if let length = object.keyLength { try hold(decoded.keyLengths.contains(length), "an impossible length") }
      if object.keyLength == key.count, exact.keyLength == key.count {
        try hold(object.identity == exact.identity, "two identities of one key")
      }
      if !object.isPossible { try hold(!exact.isPossible, "\(type): possible by its key, impossible by its name") }
    }

    private static func handle(_ bytes: [UInt8]) throws {
      for order in ByteOrder.allCases {
        if let made = NFSClientHandle.bytes(
          serverHandle: bytes, fileNumber: 0x1234_5678_9abc_def0, fileType: 8, byteOrder: order)
        {
          let back = try mustNotFail("a handle") {
            try NFSClientHandle(
              made.span, type: Int32(made.count / 4), fileType: 8, inode: 0x1234_5678_9abc_def0, byteOrder: order)
          }
          try hold(back.serverHandle == bytes && back.byteOrder == order, "another handle")
        }
        guard let handle = NFSClientHandle(reexported: bytes.span, order) else { continue }
        let made = NFSClientHandle.bytes(
          serverHandle: handle.serverHandle, fileNumber: handle.fileNumber, fileType: handle.fileType, byteOrder: order)
        try hold(made == nil || made == bytes, "another handle of the origin")
      }
    }
  }
#endif
