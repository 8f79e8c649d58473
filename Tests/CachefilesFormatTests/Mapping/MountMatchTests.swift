// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Testing

/// From a mount to its volumes.
@Suite("Volumes of mounts")
struct MountMatchTests {
  static let v4 = "nfs,4.2,2,108,100007f,,,,,80000,80000,2ee,3a98,1d4c,3a98,1"
  static let v3 = "nfs,3.0,2,,100007f,,,,3082c0,80000,80000,2ee,3a98,1d4c,3a98,1,uniq1"

  private func mount(_ type: String, _ source: String, _ options: String) throws -> MountEntry {
    let line = Array("36 22 0:52 / /mnt rw - \(type) \(source) \(options)".utf8)
    return try MountEntry(parsing: line.span)
  }

  private func nfs(_ fsid: String = "0:0", port: String = "801", version: String = "v4") throws -> NFSVolumeLine {
    let line = Array("\(version) 7f000001  \(port) 0:52         \(fsid)     yes".utf8)
    return try NFSVolumeLine(parsing: line.span)
  }

  private func volumes(kernel: [String]?, directory: [String] = []) throws -> KnownVolumes {
    let lines = try kernel?.enumerated().map { index, key in
      let line = Array("0000000\(index + 1)     6     5   1 00 lab             \(key)".utf8)
      return try VolumeLine(parsing: line.span)
    }
    return KnownVolumes(kernel: lines, directory: directory.map { Array($0.utf8) })
  }

  private func keys(_ candidates: [VolumeCandidate]) -> [String] {
    candidates.map { String(decoding: $0.key, as: UTF8.self) }
  }

  @Test("NFS: version, address, port and file system choose; options order")
  func nfsVolumes() throws {
    let mount = try mount("nfs4", "x:/", "rw,vers=4.2,rsize=524288,wsize=524288,sec=sys,fsc,addr=127.0.0.1")
    let other = Self.v4.replacing("80000,80000", with: "40000,40000")
    let known = try volumes(
      kernel: [other, Self.v3, "cifs,127.0.0.1:445,s", Self.v4],
      directory: [
        Self.v4, Self.v4 + ",name", Self.v4.replacing("4.2", with: "4.1"),
        Self.v4.replacing("100007f", with: "200007f"),
      ])
    let match = MountMatch(mount, nil, nfs: try nfs(), known, byteOrder: .little)
    #expect(keys(match.candidates) == [Self.v4, other, Self.v4 + ",name"])
    #expect(keys(match.own) == [Self.v4])
    #expect(
      match.candidates[1].differences == ["rsize 262144, the mount has 524288", "wsize 262144, the mount has 524288"])
    #expect(match.candidates[2].differences == ["fsc=name, the mount has fsc without a name"])
    #expect(match.candidates[0].number == 4)
    #expect(match.uncertainty == nil)
    // Another file system of the same server, another port, another version: none.
    #expect(MountMatch(mount, nil, nfs: try nfs("1:0"), known, byteOrder: .little).candidates.isEmpty)
    #expect(MountMatch(mount, nil, nfs: try nfs(port: "802"), known, byteOrder: .little).candidates.isEmpty)
    let older = MountMatch(mount, nil, nfs: try nfs(version: "v3"), known, byteOrder: .little)
    #expect(older.candidates.isEmpty)
  }

  @Test("NFSv3 has no port in its key; its name is the mount's")
  func version3() throws {
    let mount = try mount("nfs", "x:/", "rw,vers=3,rsize=524288,wsize=524288,sec=sys,fsc=uniq1,addr=127.0.0.1")
    let match = MountMatch(
      mount, nil, nfs: try nfs(version: "v3"), try volumes(kernel: [Self.v4, Self.v3]), byteOrder: .little)
    #expect(keys(match.own) == [Self.v3])
    #expect(match.own[0].differences.isEmpty)
  }

  @Test("NFS without the kernel's table of mounts: the address of the options, and what is not known is said")
  func withoutTable() throws {
    let known = try volumes(kernel: nil, directory: [Self.v4, Self.v4.replacing(",,,,,", with: ",1,,,,")])
    let match = MountMatch(
      try mount("nfs4", "x:/", "ro,vers=4.2,sec=krb5,fsc,addr=127.0.0.1"), nil, nfs: nil, known, byteOrder: .little)
    #expect(match.candidates.count == 2)
    #expect(match.uncertainty != nil)
    #expect(
      match.candidates[0].differences == ["writable, the mount is read-only", "security sys, the mount has krb5"])
    // Nothing that the kernel would use: no volume of the directory agrees.
    #expect(match.own.isEmpty)
    let blind = MountMatch(try mount("nfs4", "x:/", "rw,fsc"), nil, nfs: nil, known, byteOrder: .little)
    #expect(blind.reason?.contains("address") == true)
  }

  @Test(
    "CIFS: address and share",
    arguments: [
      ("//127.0.0.1/S", "addr=127.0.0.1", "cifs,127.0.0.1:445,s"),
      ("//host/s/below", "addr=127.0.0.1", "cifs,127.0.0.1:445,s"),
      ("\\134\\134host\\134s", "addr=127.0.0.1", "cifs,127.0.0.1:445,s"),
      ("//host/s", "addr=fe80:0000:0000:0000:0000:0000:0000:0001%2", "cifs,[fe80::1]:445,s"),
      ("//host/t", "addr=10.0.0.1,port=1445", "cifs,10.0.0.1:1445,t"),
    ])
  func cifs(source: String, options: String, key: String) throws {
    let known = try volumes(
      kernel: ["cifs,127.0.0.1:445,s"], directory: ["cifs,[fe80::1]:445,s", "cifs,127.0.0.1:445,t"])
    let match = MountMatch(try mount("cifs", source, "rw,fsc,\(options)"), nil, nfs: nil, known)
    #expect(keys(match.candidates) == [key])
  }

  @Test("CIFS: a source or address that tells nothing is a reason")
  func badCIFS() throws {
    let known = try volumes(kernel: nil)
    for (source, options) in [("s", "addr=1.2.3.4"), ("//h", "addr=1.2.3.4"), ("//h/s", "rw"), ("//h/s", "addr=x")] {
      let match = MountMatch(try mount("cifs", source, "rw,\(options)"), nil, nfs: nil, known)
      #expect(match.reason != nil)
      #expect(match.candidates.isEmpty)
    }
  }

  @Test("9P and AFS and the newer Ceph: the key itself, known to somebody or not")
  func exact() throws {
    let known = try volumes(kernel: ["9p,p9src,hosttag"], directory: ["9p,p9src,;a;b", "afs,test.local,20000009"])
    func match(_ type: String, _ source: String, _ options: String, _ facts: FileFacts? = nil) throws -> MountMatch {
      MountMatch(try mount(type, source, options), facts, nfs: nil, known)
    }
    #expect(try match("9p", "p9src", "rw,cachetag=hosttag").own.first?.origin == .kernel)
    #expect(try match("9p", "p9src", "rw,aname=/a/b").own.first?.origin == .directory)
    let computed = try match("9p", "10.0.0.1", "rw").own
    #expect(keys(computed) == ["9p,10.0.0.1,"])
    #expect(computed.first?.origin == .computed)
    var facts = FileFacts(
      fileType: 8, device: MountDevice(major: 0, minor: 1), inode: 2, size: 1,
      modified: .init(seconds: 0, nanoseconds: 0), changed: .init(seconds: 0, nanoseconds: 0))
    #expect(try match("afs", "#a:b.", "rw", facts).reason != nil)
    facts.afsFile = .value(Array("20000009:2:3".utf8))
    facts.afsCell = .value(Array("test.local".utf8))
    #expect(try match("afs", "#a:b.", "rw", facts).own.first?.origin == .directory)
    let fsid = "3b6f1d2e-55aa-4c0e-9a77-001122334455"
    #expect(keys(try match("ceph", "admin@\(fsid).fs=/", "rw,fsc=u").own) == ["ceph,\(fsid),u"])
    #expect(try match("ceph", "10.0.0.1:/", "rw,fsc").uncertainty != nil)
    #expect(try match("ext4", "/dev/sda1", "rw").reason != nil)
  }

  @Test(
    "Addresses as mount options have them",
    arguments: [
      ("127.0.0.1", "127.0.0.1"), ("fe80::1%eth0", "fe80::1"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
      ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"), ("::ffff:10.0.0.1", "::ffff:10.0.0.1"),
    ])
  func addresses(text: String, printed: String) {
    #expect(IPAddress(Array(text.utf8))?.description == printed)
  }

  @Test(
    "What is no address",
    arguments: [
      "", "1.2.3", "1.2.3.256", "1:2", ":1", "1:", "1::2::3", "1:2:3:4:5:6:7:8:9", "g::", "1:2:3:4:5:6:7:8::",
    ])
  func noAddresses(text: String) { #expect(IPAddress(Array(text.utf8)) == nil) }

  @Test(
    "9P asks for caching in the forms of all kernels",
    arguments: [
      ("rw,fscache,cachetag=x", true), ("rw,cache=fscache", true), ("rw,cache=8f", true), ("rw,cache=0x80", true),
      ("rw,loose", false), ("rw,cache=f", false), ("rw,cachetag=fscache", false), ("rw", false),
    ])
  func cachingOf9P(options: String, asks: Bool) throws {
    #expect(try mount("9p", "host", options).asksForCache == asks)
  }
}
