// SPDX-License-Identifier: Apache-2.0

/// What the coherency data of cookies said before Linux 5.17. Numbers are in the order of the machine.
enum LegacyCoherency {
  /// The facts of a record's data; opaque bytes where the length is none that the netfs wrote.
  static func fields(
    _ data: Span<UInt8>, _ role: LegacyRole, in type: NetfsType, _ order: ByteOrder
  ) -> [NetfsField] {
    switch (type, role, data.count) {
    case (_, _, 0): []
    case (_, .netfs, 4): [NetfsField("version", .number(UInt64(data.load(UInt32.self, at: 0, order))))]
    case (.nfs, .object, 40): NFSCoherency(data, order).fields
    case (.nfs, .object, 48): sizedNFS(data, order)
    case (.cifs, .share, 20):
      [
        NetfsField("resource_id", .identifier(data.load(UInt64.self, at: 0, order))),
        NetfsField("volume_created", NTTime(units: data.load(UInt64.self, at: 8, order)).value),
        NetfsField("volume_serial", .identifier(UInt64(data.load(UInt32.self, at: 16, order)))),
      ]
    case (.cifs, .object, 32):
      [
        time("last_write", data, 0, data.load(UInt32.self, at: 16, order), order),
        time("last_change", data, 8, data.load(UInt32.self, at: 20, order), order),
        NetfsField("size_bytes", .number(data.load(UInt64.self, at: 24, order))),
      ]
    case (.afs, .object, 8): [NetfsField("data_version", .number(data.load(UInt64.self, at: 0, order)))]
    case (.ninep, .object, 4): [NetfsField("qid_version", .number(UInt64(data.load(UInt32.self, at: 0, order))))]
    case (.ceph, .object, 24):
      [
        NetfsField("inode_version", .number(data.load(UInt64.self, at: 0, order))),
        NetfsField.time(
          "modified", seconds: Int64(bitPattern: data.load(UInt64.self, at: 8, order)),
          nanoseconds: Int64(bitPattern: data.load(UInt64.self, at: 16, order))),
      ]
    default: [NetfsField("coherency", .opaque(data.array))]
    }
  }

  /// Kernels up to about 4.16 had the size before the change attribute.
  private static func sizedNFS(_ data: Span<UInt8>, _ order: ByteOrder) -> [NetfsField] {
    var bytes = data.extracting(0..<32).array
    bytes.append(data.extracting(40..<48))
    return NFSCoherency(bytes.span, order).fields
      + [NetfsField("size_bytes", .number(data.load(UInt64.self, at: 32, order)))]
  }

  private static func time(
    _ name: String, _ data: Span<UInt8>, _ seconds: Int, _ nanoseconds: UInt32, _ order: ByteOrder
  ) -> NetfsField {
    NetfsField.time(
      name, seconds: Int64(bitPattern: data.load(UInt64.self, at: seconds, order)), nanoseconds: Int64(nanoseconds))
  }
}
