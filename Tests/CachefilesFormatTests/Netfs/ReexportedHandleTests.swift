// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CachefilesFormat

/// Handles of NFS mounts that a Linux server exports again.
@Suite("Handles of re-exported NFS mounts")
struct ReexportedHandleTests {
  private static func handle(_ hex: String) throws -> NFSFileHandle {
    let text = Array(hex.utf8)
    let bytes = try Hex.bytes(text.span)
    return NFSFileHandle(bytes.span)
  }

  private static func value(_ name: String, _ handle: NFSFileHandle) -> NetfsField.Value? {
    handle.fields.first { $0.name == name }?.value
  }

  @Test(
    "the keys of a public report",
    arguments: [
      (
        "0100010c0200000008000000e7ba9075008000002000f360d67b09000000e7ba907508000000ffffffff000000000b00700b010000000000",
        UInt64(2), UInt64(36_332_157_671)
      ),
      (
        "0100010c03000000070000002fbb9934008000002000f360d67b060000002fbb993407000000ffffffff000000000200c109010000000000",
        UInt64(3), UInt64(7) << 32 | 0x3499_bb2f
      ),
    ])
  func report(hex: String, export: UInt64, file: UInt64) throws {
    let handle = try Self.handle(hex)
    #expect(handle.serverByteOrder == .little)
    #expect(Self.value("export_fsid", handle) == .number(export))
    #expect(Self.value("origin_file_id", handle) == .number(file))
    #expect(Self.value("origin_file_type", handle) == .text("regular file"))
    #expect(Self.value("origin_handle_bytes", handle) == .number(32))
  }

  @Test("the origin's handle is read in turn, in both byte orders", arguments: ByteOrder.allCases)
  func inner(order: ByteOrder) throws {
    let text = Array("01000601ac8191498c9c4fbd86712a00eef65b79110000006969fd10".utf8)
    let origin = try Hex.bytes(text.span)
    let wrapped = try #require(
      NFSClientHandle.bytes(serverHandle: origin, fileNumber: 1 << 33 | 17, fileType: 4, byteOrder: order))
    var key: [UInt8] = [1, 0, 1, UInt8(wrapped.count / 4)]
    key.append(UInt32(7), order)
    key += wrapped
    let handle = NFSFileHandle(key.span)
    #expect(handle.serverByteOrder == order)
    #expect(Self.value("export_fsid", handle) == .number(7))
    #expect(Self.value("origin_file_id", handle) == .number(1 << 33 | 17))
    #expect(Self.value("origin_file_type", handle) == .text("directory"))
    #expect(Self.value("origin_export_uuid", handle) == .text("ac819149-8c9c-4fbd-8671-2a00eef65b79"))
  }

  @Test("a type that is no length, and a length that is none of its own, stay what they are")
  func others() throws {
    let wrong = try Self.handle("0100010d0200000008000000e7ba9075008000002000" + String(repeating: "00", count: 34))
    #expect(Self.value("file_id_type", wrong) == .identifier(13))
    let strange = try Self.handle("01000104" + "02000000" + "00000001000000020000f00000040102")
    #expect(Self.value("origin_file_id", strange) == nil)
  }
}
