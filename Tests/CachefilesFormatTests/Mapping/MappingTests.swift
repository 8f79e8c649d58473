// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Testing

/// From a file to its cookie key.
@Suite("Keys of mounted files")
struct MappingTests {
  /// The handle that a 6.12 client of an NFS server of the kernel gave for a file with inode 12.
  static let recordedHandle = "000000000c00000000800000100001000101000000000c0000006dac40df0000"
  static let serverHandle = "01000101000000000c0000006dac40df"

  private func bytes(_ hex: String) -> [UInt8] { (try? Hex.bytes(Array(hex.utf8).span)) ?? [] }

  private func facts(inode: UInt64 = 12, type: UInt8 = 8) -> FileFacts {
    FileFacts(
      fileType: type, device: MountDevice(major: 0, minor: 52), inode: inode, size: 6,
      modified: .init(seconds: 1, nanoseconds: 2), changed: .init(seconds: 3, nanoseconds: 4))
  }

  private func mount(_ type: String, _ source: String = "x", _ options: String = "rw") throws -> MountEntry {
    let line = Array("36 22 0:52 / /mnt rw - \(type) \(source) \(options)".utf8)
    return try MountEntry(parsing: line.span)
  }

  private func handle(
    _ hex: String, type: Int32? = nil, inode: UInt64 = 12, fileType: UInt8 = 8, order: ByteOrder = .little
  ) throws(NFSClientHandle.Failure) -> NFSClientHandle {
    let value = bytes(hex)
    return try NFSClientHandle(
      value.span, type: type ?? Int32(value.count / 4), fileType: fileType, inode: inode, byteOrder: order)
  }

  @Test("The handle that a real client gave holds the key that its kernel showed")
  func recorded() throws {
    for order in ByteOrder.allCases {
      let handle = try handle(Self.recordedHandle, order: order)
      #expect(Hex.string(handle.serverHandle) == Self.serverHandle)
      #expect(handle.fileNumber == 12)
      #expect(handle.byteOrder == .little)
    }
  }

  @Test("A handle of a machine of the other byte order is read in that order, its upper half first")
  func bigEndian() throws {
    let value = "00000001" + "0000000c" + "00008000" + "0006" + "0a0b0c0d0e0f"
    let handle = try handle(value, inode: 0x1_0000_000c, order: .little)
    #expect(handle.byteOrder == .big)
    #expect(handle.fileNumber == 0x1_0000_000c)
    #expect(Hex.string(handle.serverHandle) == "0a0b0c0d0e0f")
    // With nfs.enable_ino64=0 the status tells the folded number.
    #expect(throws: Never.self) { try self.handle(value, inode: 0xd) }
  }

  @Test("Every length of a server's handle that fits comes back", arguments: 1...NFSClientHandle.longestServerHandle)
  func roundTrip(length: Int) throws {
    let key = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 | 1) }
    for order in ByteOrder.allCases {
      let value = try #require(
        NFSClientHandle.bytes(serverHandle: key, fileNumber: 12, fileType: 8, byteOrder: order))
      #expect(value.count <= NFSClientHandle.maximumLength)
      let handle = try handle(Hex.string(value), order: .host)
      #expect(handle.serverHandle == key)
      #expect(handle.byteOrder == order)
    }
    #expect(
      NFSClientHandle.bytes(serverHandle: key + [UInt8](repeating: 1, count: 114), fileNumber: 1, fileType: 8) == nil)
  }

  @Test(
    "What does not fit is refused with the reason",
    arguments: [
      ("wrong type", recordedHandle, 7, 12, "type 7"), ("no whole words", recordedHandle + "00", 8, 12, "type 8"),
      ("another inode", recordedHandle, 8, 13, "the file number is 12, the inode number 13"),
      ("another kind of file", recordedHandle.replacing("00800000", with: "00400000"), 8, 12, "type bits"),
      ("a length beyond the end", recordedHandle.replacing("10000100", with: "20000100"), 8, 12, "would have 32 of 18"),
      (
        "a length that leaves words over", recordedHandle.replacing("10000100", with: "0c000100"), 8, 12,
        "would have 12"
      ),
      ("no length", recordedHandle.replacing("10000100", with: "00000100"), 8, 12, "would have 0"),
      ("padding that is not zero", String(recordedHandle.dropLast(2)) + "01", 8, 12, "not zero"),
    ])
  func refused(name: String, hex: String, type: Int32, inode: UInt64, words: String) {
    let error = #expect(throws: NFSClientHandle.Failure.self) { try handle(hex, type: type, inode: inode) }
    #expect(error?.description.contains(words) == true, "\(name): \(error?.description ?? "")")
  }

  @Test("NFS: the server's handle, or why not")
  func nfs() throws {
    let mount = try mount("nfs4")
    var facts = facts()
    #expect(KeyMapping(facts, on: mount).keys.isEmpty)
    facts.handle = .failed("too long")
    #expect(KeyMapping(facts, on: mount) == .unknown("its handle cannot be had: too long"))
    facts.handle = .value(type: 8, bytes: bytes(Self.recordedHandle))
    #expect(KeyMapping(facts, on: mount) == .keys([bytes(Self.serverHandle)]))
    facts.fileType = FileFacts.directory
    #expect(KeyMapping(facts, on: mount) == .unknown("it is a directory"))
  }

  @Test("CIFS: inode and time of birth make the key that a real kernel made; the older form is second")
  func cifs() throws {
    var facts = facts(inode: 0xc)
    facts.created = .init(seconds: 1_795_224_807, nanoseconds: 22_002_100)
    let keys = KeyMapping(facts, on: try mount("cifs"), byteOrder: .little).keys.map { Hex.string($0) }
    #expect(keys == ["0c00000000000000f5a8634e5879dd0108", "0c00000000000000"])
    #expect(KeyMapping(facts, on: try mount("smb3"), byteOrder: .big).keys.last == bytes("000000000000000c"))
    facts.created = nil
    #expect(KeyMapping(facts, on: try mount("cifs")).keys.first == bytes("0c00000000000000000000000000000008"))
    facts.created = .init(seconds: -11_644_473_601, nanoseconds: 0)
    #expect(KeyMapping(facts, on: try mount("cifs")).keys.isEmpty)
    facts.created = .init(seconds: .max, nanoseconds: 0)
    #expect(KeyMapping(facts, on: try mount("cifs")).keys.isEmpty)
  }

  @Test("9P: the inode number less 2")
  func ninep() throws {
    #expect(KeyMapping(facts(inode: 0xf825eb), on: try mount("9p")).keys == [bytes("e925f80000000000")])
    #expect(KeyMapping(facts(inode: 1), on: try mount("9p")).keys == [bytes("ffffffffffffffff")])
  }

  @Test(
    "AFS: afs.fid makes the key",
    arguments: [
      ("20000009:2:3", "00000002000000030000000000000000"),
      ("20000009:123456789abcdef0:ffffffff", "9abcdef0ffffffff1234567800000000"),
      ("1:70000000000000002:1", "00000002000000010000000000000007"),
    ])
  func afs(text: String, key: String) throws {
    var facts = facts()
    facts.afsFile = .value(Array(text.utf8))
    #expect(KeyMapping(facts, on: try mount("afs")).keys == [bytes(key)])
  }

  @Test(
    "AFS: an afs.fid that is none is refused",
    arguments: ["", "1:2", "1:2:3:4", "1:2:", "x:2:3", "1:2:123456789", "1:1234567890123456789012345:1", "1::2"])
  func badFid(text: String) throws {
    var facts = facts()
    facts.afsFile = .value(Array(text.utf8))
    #expect(KeyMapping(facts, on: try mount("afs")).keys.isEmpty)
    facts.afsFile = .failed("No data")
    #expect(KeyMapping(facts, on: try mount("afs")) == .unknown("its attribute afs.fid cannot be read: No data"))
  }

  @Test("Ceph: inode and the live file system; in a snapshot, or with folded numbers, unknown")
  func ceph() throws {
    let key = bytes("0c00000000000000feffffffffffffff")
    #expect(KeyMapping(facts(), on: try mount("ceph"), byteOrder: .little).keys == [key])
    var other = facts()
    other.device = MountDevice(major: 0, minor: 99)
    #expect(KeyMapping(other, on: try mount("ceph")).keys.isEmpty)
    #expect(KeyMapping(facts(), on: try mount("ceph", "x", "rw,ino32")).keys.isEmpty)
  }

  @Test("EROFS and local file systems have no key, and say so")
  func none() throws {
    for type in ["erofs", "ext4"] {
      guard case .unknown(let reason) = KeyMapping(facts(), on: try mount(type)) else {
        Issue.record("\(type) has a key")
        continue
      }
      #expect(!reason.isEmpty)
    }
  }
}
