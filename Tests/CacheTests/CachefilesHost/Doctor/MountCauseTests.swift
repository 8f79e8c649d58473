// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesHost
@testable import CachefilesStore
@testable import LinuxIO

/// Why a mount is not cached, what the log says, and whether the cache is of any use.
@Suite("The doctor's causes")
struct MountCauseTests {
  let scratch = ScratchDirectory()

  private static func table<Line: KernelTableLine>(_ text: String) -> KernelTable<Line> {
    let bytes = Array(text.utf8)
    return KernelTable<Line>(parsing: bytes.span)
  }

  private func diagnose(_ change: (inout Examination) -> Void) -> Diagnosis {
    var sources = Examination.Sources()
    sources.proc = scratch.path("proc")
    sources.devices = nil
    sources.fstab = nil
    sources.boot = nil
    sources.security = nil
    sources.configuration = scratch.path("conf")
    var examination = Examination(scratch.path("c"), sources)
    examination.view.caches = Self.table("00000001     5     4   178     1 A lab\n")
    change(&examination)
    return Diagnosis(examination)
  }

  private func ids(_ group: SymptomGroup, _ change: (inout Examination) -> Void) -> [SymptomID] {
    diagnose(change).checks.filter { $0.group == group }.map(\.id)
  }

  private static let nfs =
    "40 22 0:60 / /a rw - nfs4 filer:/x rw,vers=4.2,rsize=1048576,wsize=1048576,fsc,addr=192.168.6.1\n"
  private static let key = "nfs,4.2,2,108,106a8c0,1,,,50,100000,100000,2ee,3a98,1d4c,3a98,1"

  private static func volumes(_ keys: [String]) -> KernelTable<VolumeLine> {
    table(
      keys.enumerated().map { index, key in
        "0000000\(index + 1)     2     1   1 00 lab             \(key)\n"
      }.joined())
  }

  @Test("the kernel's log and its compressed configuration are read where they lie")
  func machine() throws {
    try scratch.write(
      "kmsg", Array("6,1,1,-;usb 1-1: new device\n3,2,9,-;CacheFiles: Failed to register: -95\n SUBSYSTEM=x\n".utf8))
    try scratch.write("proc/config", Array("CONFIG_AFS_FSCACHE=y\nCONFIG_NFS_FSCACHE=y\n".utf8))
    var sources = Examination.Sources()
    sources.proc = scratch.path("proc")
    sources.devices = nil
    sources.configuration = scratch.path("conf")
    sources.readsKernelLog = true
    sources.kernelLog = scratch.path("kmsg")
    let read = Examination(scratch.path("c"), sources)
    #expect(read.logFailure == nil)
    #expect(Diagnosis(read).checks.contains { $0.message.contains("-95") })
    #expect(read.kernelConfiguration?.has("NFS_FSCACHE") == true)
    // config.gz is of the kernel itself, and comes first.
    try scratch.write("proc/config.gz", Array("CONFIG_AFS_FSCACHE=y\n# CONFIG_NFS_FSCACHE is not set\n".utf8))
    _ = try Command.run(
      "/bin/sh", ["-c", "cd \"$1\" && mv config.gz plain && gzip -c plain >config.gz", "sh", "\(scratch.path)/proc"])
    let packed = Examination(scratch.path("c"), sources)
    #expect(packed.kernelConfiguration?.has("NFS_FSCACHE") == false)
    #expect(packed.kernelConfiguration?.has("AFS_FSCACHE") == true)
    // What is damaged tells nothing, and the next place is asked.
    try scratch.write("proc/config.gz", [0x1f, 0x8b, 8, 0])
    #expect(Examination(scratch.path("c"), sources).kernelConfiguration?.has("NFS_FSCACHE") == true)
    sources.kernelLog = scratch.path("none")
    #expect(Examination(scratch.path("c"), sources).logFailure?.reason.contains("No such file") == true)
  }

  @Test("a second superblock of an export that is cached has the key in use; alone it has another cause")
  func keyInUse() {
    let mounts = Self.nfs + Self.nfs.replacing("0:60", with: "0:61").replacing("/a ", with: "/b ")
    let table = "v4 c0a80601  801 0:60         1:0                               yes\n"
    func look(_ rows: String) -> [SymptomID] {
      ids(.mounts) {
        $0.view.mounts = Self.table(mounts)
        $0.view.nfsVolumes = Self.table(rows)
        $0.view.volumes = Self.volumes([Self.key])
      }
    }
    #expect(
      look(table + "v4 c0a80601  801 0:61         1:0                               no\n") == [
        .mountCached, .mountKeyInUse,
      ])
    #expect(
      look(table + "v4 c0a80601  801 0:61         2:0                               no\n") == [
        .mountCached, .mountNotCached,
      ])
    #expect(look(table) == [.mountCached, .mountNotCached])
  }

  @Test(
    "a kernel without the option is named, whichever netfs",
    arguments: [
      ("NFS_FSCACHE", "nfs4 filer:/x rw,fsc"), ("CIFS_FSCACHE", "cifs //s/x rw,fsc"),
      ("9P_FSCACHE", "9p h rw,cache=fscache"),
      ("CEPH_FSCACHE", "ceph 1.2.3.4:/ rw,fsc"), ("AFS_FSCACHE", "afs #c:v rw"),
    ])
  func kernelWithout(option: String, mount: String) {
    func look(_ text: String) -> [SymptomID] {
      ids(.mounts) {
        $0.view.mounts = Self.table("40 22 0:60 / /a rw - \(mount)\n")
        $0.view.volumes = Self.volumes([])
        let bytes = Array(text.utf8)
        $0.kernelConfiguration = KernelConfiguration(parsing: bytes.span)
      }
    }
    #expect(look("CONFIG_FSCACHE=m\n# CONFIG_\(option) is not set\n") == [.mountKernelWithout])
    #expect(look("CONFIG_\(option)=y\n") == [.mountNotCached])
    #expect(look("no configuration\n") == [.mountNotCached])
  }

  @Test("fstab asks for caching and the mount has none: shared with another, or mounted otherwise")
  func shared() {
    let plain = Self.nfs.replacing(",fsc", with: "")
    let other = plain.replacing("40 22", with: "41 22").replacing(" /a ", with: " /b ")
    let fstab = Array("# all\nfiler:/x /b nfs4 ro,fsc 0 0\nfiler:/x /a nfs4 defaults 0 0\n".utf8)
    func look(_ mounts: String) -> [SymptomID] {
      ids(.mounts) {
        $0.view.mounts = Self.table(mounts)
        $0.fstab = FstabLine.lines(of: fstab.span)
      }
    }
    #expect(look(plain + other) == [.mountSuperblockShared])
    #expect(look(other) == [.mountWithoutFsc])
    #expect(look(plain) == [.mountWithoutFsc])
  }

  @Test(
    "SMB, 9P, Ceph and AFS mounts are matched with their own volume",
    arguments: [
      ("cifs //s/media rw,fsc,addr=192.168.6.1", "cifs,192.168.6.1:445,media", "cifs,192.168.6.2:445,media"),
      (
        "cifs //s/media rw,fsc,addr=192.168.6.1,port=1445", "cifs,192.168.6.1:1445,media", "cifs,192.168.6.1:1445,other"
      ),
      ("9p host rw,cache=fscache,cachetag=x", "9p,host,x", "9p,host,y"),
      ("afs #example.com:root rw", "afs,example.com,1a", "afs,example.org,1a"),
      (
        "ceph user@3b6f1d2e-55aa-4c0e-9a77-001122334455.fs=/ rw,fsc", "ceph,3b6f1d2e-55aa-4c0e-9a77-001122334455",
        "ceph,3b6f1d2e-55aa-4c0e-9a77-001122334456"
      ),
    ])
  func own(mount: String, key: String, other: String) {
    func look(_ key: String) -> [SymptomID] {
      ids(.mounts) {
        $0.view.mounts = Self.table("40 22 0:60 / /a rw - \(mount)\n")
        $0.view.volumes = Self.volumes([key])
      }
    }
    #expect(look(key) == [.mountCached])
    #expect(look(other) == [.mountNotCached])
  }

  @Test("SMB with cache=none is not cached, with strict it is")
  func cacheNone() {
    for (option, id) in [("none", SymptomID.mountCacheOff), ("strict", .mountCached), ("loose", .mountCached)] {
      #expect(
        ids(.mounts) {
          $0.view.mounts = Self.table("40 22 0:60 / /a rw - cifs //s/media rw,fsc,cache=\(option),addr=192.168.6.1\n")
          $0.view.volumes = Self.volumes(["cifs,192.168.6.1:445,media"])
        } == [id])
    }
  }

  @Test("a tunnel's port that changes is named, a server's port is not")
  func tunnel() {
    func look(_ address: String, _ port: Int, _ keys: [String]) -> Bool {
      ids(.mounts) {
        $0.view.mounts = Self.table(
          "40 22 0:60 / /a rw - nfs4 127.0.0.1:/ rw,vers=4.1,fsc,port=\(port),addr=\(address)\n")
        $0.view.nfsVolumes = Self.table("v4 7f000001 \(String(port, radix: 16)) 0:60 1:2 yes\n")
        $0.view.volumes = Self.volumes([])
        $0.volumeKeys = keys.map { Array($0.utf8) }
      }.contains(.mountTunnelPort)
    }
    let other = "nfs,4.1,2,514e,100007f,1,2,,50,100000,100000,2ee,3a98,1d4c,3a98,1"
    #expect(look("127.0.0.1", 20127, []))
    #expect(look("127.0.0.1", 3000, [other]))
    #expect(!look("127.0.0.1", 3000, []))
    #expect(!look("127.0.0.1", 2049, [other]))
    #expect(!look("192.168.6.1", 20127, []))
  }

  @Test("an export with several volumes is said to be cached twice")
  func twice() {
    let other = Self.key.replacing("100000,100000", with: "80000,80000")
    #expect(ids(.mounts) { $0.volumeKeys = [Self.key, other].map { Array($0.utf8) } }.contains(.cachedTwice))
    #expect(!ids(.mounts) { $0.volumeKeys = [Array(Self.key.utf8)] }.contains(.cachedTwice))
  }

  // MARK: Use

  @Test(
    "a cache that is filled and never read, and one that is never touched",
    arguments: [
      ("IO     : rd=0 wr=9684543", [SymptomID.cacheNeverRead]), ("IO     : rd=0 wr=1000", [.cacheNeverRead]),
      ("RdHelp : RD=0 WR=9684543\nIO     : rd=0 wr=9684543", [.cacheNeverRead]),
      ("IO     : rd=0 wr=999", []), ("IO     : rd=1 wr=9684543", []), ("Cookies: n=5 v=1", []),
      ("Cookies: n=5 v=1\nDownOps: DL=5000\nIO     : rd=0 wr=0", [.cacheUntouched]),
      ("Cookies: n=0 v=1\nDownOps: DL=5000\nIO     : rd=0 wr=0", []),
      ("Cookies: n=5 v=1\nDownOps: DL=999\nIO     : rd=0 wr=0", []),
      ("Retrvls: n=0 ok=0\nStores : n=20000 ok=20000", [.cacheNeverRead]),
    ])
  func use(text: String, expected: [SymptomID]) {
    let bytes = Array((text + "\n").utf8)
    let found = ids(.kernel) { $0.view.statistics = KernelStatistics(parsing: bytes.span) }
    #expect(found.filter { $0 == .cacheNeverRead || $0 == .cacheUntouched } == expected)
  }

  // MARK: Configuration and log

  @Test("a security label is refused where SELinux does not run, and only there")
  func security() {
    func look(_ runs: Bool?) -> [SymptomID] {
      ids(.configuration) {
        let text = "dir \(scratch.path)/c\nsecctx a:b:c:s0\n"
        $0.configuration = .read(DaemonConfiguration(parsing: Array(text.utf8)))
        $0.hasSELinux = runs
      }
    }
    #expect(look(false) == [.configSecctxWithoutModule])
    #expect(look(true) == [.configOk])
    #expect(look(nil) == [.configOk])
  }

  @Test(
    "another program that holds the device needs no cachefilesd.conf", arguments: ["nydusd", "styx", "nfs-cachefs"])
  func otherProgram(name: String) {
    #expect(
      ids(.configuration) { $0.daemon = Examination.Daemon(process: 7, program: Array(name.utf8)) } == [
        .configOfAnother
      ])
    #expect(
      ids(.configuration) { $0.daemon = Examination.Daemon(process: 7, program: Array("cachefilesd".utf8)) }
        == [.configMissing])
    #expect(ids(.configuration) { _ in } == [.configMissing])
  }

  @Test("the directory is the same by device and inode, however it is written")
  func sameDirectory() throws {
    try scratch.makeDirectory("c/cache")
    try FileManager.default.createSymbolicLink(atPath: "\(scratch.path)/link", withDestinationPath: "c")
    for named in ["c/", "c/../c", "link", "./c//"] {
      let path = "\(scratch.path)/\(named)"
      let text = "dir \(path)\ntag lab\n"
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(scratch.path)/conf"))
      var sources = Examination.Sources()
      sources.proc = scratch.path("proc")
      sources.devices = nil
      sources.configuration = scratch.path("conf")
      let found = Diagnosis(Examination(scratch.path("c"), sources)).checks.filter { $0.group == .configuration }.map(
        \.id)
      #expect(found == [.configOk], "\(named)")
    }
  }

  @Test("the log's messages have the weight of the table, and their own advice")
  func log() {
    let text = Array("CacheFiles: Failed to register: -95\nNFS: Cache volume key already in use (nfs,x)\nusb: x\n".utf8)
    let checks = diagnose { $0.log = LogDigest(parsing: text.span) }.checks.filter { $0.group == .log }
    #expect(checks.map(\.id) == [.logCritical, .logWarning])
    #expect(checks.allSatisfy { !$0.advice.isEmpty && $0.advice != Symptom.of($0.id).advice })
    #expect(ids(.log) { $0.log = LogDigest() } == [.logQuiet])
    #expect(ids(.log) { _ in }.isEmpty)
  }
}
