// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CachefilesFormat

/// The version facts of a manifest are those that `show` prints.
@Suite("Versions of files")
struct CoherencyVersionTests {
  /// A field by any of its names.
  private static func field(_ fields: [NetfsField], _ names: String...) -> NetfsField.Value? {
    fields.first { names.contains($0.name) }?.value
  }

  private static func time(_ moment: FileFacts.Moment?) -> NetfsField.Value? {
    moment.map { .time(seconds: $0.seconds, nanoseconds: $0.nanoseconds) }
  }

  private static func number(_ value: NetfsField.Value?) -> UInt64? {
    switch value {
    case .number(let number)?, .identifier(let number)?: number
    default: nil
    }
  }

  @Test("random coherency data of every netfs says the same as its fields", arguments: NetfsType.allCases)
  func fields(type: NetfsType) {
    var state: UInt64 = 19
    for round in 0..<2000 {
      var bytes: [UInt8] = []
      for index in 0..<(type.objectCoherencyLength ?? 12) {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        // Most rounds have small numbers, as files do, in one order or the other.
        let isHigh = round % 3 == 0 ? index % 8 > 3 : index % 8 < 4
        bytes.append(round % 3 < 2 && isHigh ? 0 : UInt8(truncatingIfNeeded: state >> 33))
      }
      for order in ByteOrder.allCases {
        let version = CoherencyVersion(object: bytes.span, in: type, byteOrder: order)
        let told = NetfsCoherency(object: bytes.span, in: type, byteOrder: order).fields
        if case .text? = Self.field(told, "modified", "last_write") {
          #expect(version.modified == nil)
        } else {
          #expect(Self.time(version.modified) == Self.field(told, "modified", "last_write"))
        }
        if case .text? = Self.field(told, "changed", "last_change") {
          #expect(version.changed == nil)
        } else {
          #expect(Self.time(version.changed) == Self.field(told, "changed", "last_change"))
        }
        let names = Self.field(told, "change_attribute", "data_version", "qid_version", "inode_version")
        #expect(version.number == Self.number(names), "\(type) \(bytes)")
      }
    }
  }

  @Test("data of another length says nothing", arguments: NetfsType.allCases)
  func otherLengths(type: NetfsType) {
    for count in 0..<64 where count != type.objectCoherencyLength {
      let bytes = [UInt8](repeating: 1, count: count)
      let version = CoherencyVersion(object: bytes.span, in: type)
      #expect(version.modified == nil && version.changed == nil && version.number == nil)
    }
  }
}
