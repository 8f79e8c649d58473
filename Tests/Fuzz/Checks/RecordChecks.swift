// SPDX-License-Identifier: Apache-2.0
#if DEBUG || Fuzzing
  import CachefilesFormat

  /// Values of the cache attribute, in whatever volume they are found.
  enum RecordChecks {
    static func check(_ value: [UInt8]) throws {
      try object(value)
      try volume(value)
      try legacy(value)
      for type in NetfsType.allCases { try coherency(value, type) }
    }

    private static func object(_ value: [UInt8]) throws {
      let record = try? ObjectRecord(parsing: value.span)
      try hold((record != nil) == (18...273).contains(value.count), "a record is judged otherwise")
      if let record {
        try hold(record.bytes == value, "another record")
        guard let view = ObjectRecordView(value.span) else {
          throw Violation("a record without a view", #fileID, #line)
        }
        try hold(
          view.objectSize == record.objectSize && view.zeroPoint == record.zeroPoint && view.type == record.type
            && view.content == record.content, "two readings of a record")
        let rejection = ObjectRecord.rejection(
          of: value, coherencyLength: nil, coherency: record.coherency, objectSize: record.objectSize)
        try hold(
          (rejection == nil) == (record.type == 1 && record.content != .dirty),
          "rejected otherwise: \(rejection as Any)")
        let alone = ObjectRecord.rejection(of: value, coherencyLength: nil)
        let isPossible = record.objectSize <= UInt64(Int64.max)
        try hold(
          (alone == nil) == (isPossible && rejection == nil), "rejected otherwise by itself: \(alone as Any)")
        try hold(
          (Dirtiness(record: value.span) == .dirty) == (record.content == .dirty), "two opinions on what is dirty")
        if let size = ObjectRecord.fileSize(forObjectSize: record.objectSize) {
          try hold(
            size >= record.objectSize && size - record.objectSize < 4096 && size % 4096 == 0, "file size \(size)")
        }
      }
      if Dirtiness(inLegacyTree: value.span) == .dirty {
        try hold(Dirtiness(record: value.span) == .dirty, "dirty in the old layout only")
      }
    }

    private static func volume(_ value: [UInt8]) throws {
      guard let record = try? VolumeRecord(parsing: value.span) else {
        return try hold(!(4...259).contains(value.count), "a volume record is refused")
      }
      try hold(record.bytes == value, "another volume record")
      let rejection = VolumeRecord.rejection(
        of: value, coherencyLength: record.coherency.count, coherency: record.coherency)
      try hold((rejection == nil) == (record.reserved == 0), "a volume record is rejected otherwise")
    }

    private static func legacy(_ value: [UInt8]) throws {
      if let record = try? LegacyRecord(parsing: value.span) { try hold(record.bytes == value, "another old record") }
      guard let record = LegacyRecord(recognising: value.span) else { return }
      for order in [nil] + ByteOrder.allCases.map(Optional.init) {
        try Fields.check(record.fields(in: record.inferredType, byteOrder: order))
        for type in NetfsType.allCases { try Fields.check(record.fields(in: type, byteOrder: order)) }
      }
    }

    private static func coherency(_ value: [UInt8], _ type: NetfsType) throws {
      let proven = NetfsCoherency.provenByteOrder(object: value.span, in: type)
      for order in [nil] + ByteOrder.allCases.map(Optional.init) {
        let reading = NetfsCoherency(object: value.span, in: type, byteOrder: order)
        let isRight = type.objectCoherencyLength.map { $0 == value.count } ?? true
        try hold((reading.problem == nil) == isRight, "\(type): coherency data of \(value.count) bytes")
        try Fields.check(reading.fields)
        if let problem = reading.problem {
          try Fields.printable(problem)
          try hold(reading.fields.isEmpty, "fields of what is none")
        }
        if let proven, reading.problem == nil { try hold(reading.order == .determined(proven), "not what is proven") }
        _ = CoherencyVersion(object: value.span, in: type, byteOrder: order ?? .host)
      }
      let volume = NetfsCoherency(volume: value.span, in: type)
      let isRight = type.volumeCoherencyLength.map { $0 == value.count } ?? true
      try hold((volume.problem == nil) == isRight, "\(type): coherency data of a volume")
      try Fields.check(volume.fields)
    }
  }
#endif
