// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Testing

/// How much of a file is cached, and whether a kernel would use it.
@Suite("Judging copies")
struct CachedFileJudgementTests {
  private func file(size: UInt64 = 10_000, modified: Int64 = 100, changed: Int64 = 200) -> FileFacts {
    FileFacts(
      fileType: 8, device: MountDevice(major: 0, minor: 52), inode: 12, size: size,
      modified: .init(seconds: modified, nanoseconds: 5), changed: .init(seconds: changed, nanoseconds: 6))
  }

  private func nfs(size: UInt64 = 10_000, change: UInt64 = 0, content: Content = .noData) -> [UInt8] {
    var coherency: [UInt8] = []
    for number in [100, 5, 200, 6, change] as [UInt64] { coherency.append(number, .little) }
    return ObjectRecord(objectSize: size, content: content, coherency: coherency).bytes
  }

  private func judge(
    _ attribute: [UInt8]?, _ runs: [Range<UInt64>] = [], _ file: FileFacts? = nil, _ type: NetfsType = .nfs,
    cookie: CachedFileFacts.Cookie? = nil
  ) -> CachedFileJudgement {
    let object = CachedFileFacts.Object(attribute: attribute, runs: runs)
    return CachedFileJudgement(
      CachedFileFacts(object: object, cookie: cookie), of: file ?? self.file(), in: type, byteOrder: .little)
  }

  @Test("The data of the object within the file makes cached, partial and empty")
  func shares() {
    #expect(judge(nfs(), [0..<12288]).state == .cached)
    #expect(judge(nfs(), [0..<12288]).cachedBytes == 10_000)
    #expect(judge(nfs(), [0..<4096, 8192..<12288]).cachedBytes == 4096 + 1808)
    #expect(judge(nfs(), [0..<4096, 8192..<12288]).state == .partial)
    #expect(judge(nfs(), [12288..<16384]).state == .empty)
    #expect(judge(nfs(), [12288..<16384]).runs.isEmpty)
    #expect(judge(nfs()).state == .empty)
    #expect(judge(nfs(), [0..<4096]).share(of: 10_000) == 0.4096)
    let nothing = judge(nfs(size: 0), [], file(size: 0))
    #expect(nothing.state == .cached)
    #expect(nothing.share(of: 0) == 1)
  }

  @Test("A file that is longer, or has other times, makes the copy stale: nothing of it counts")
  func stale() {
    for other in [file(size: 10_001), file(modified: 101), file(modified: 99), file(changed: 201)] {
      let judgement = judge(nfs(), [0..<12288], other)
      #expect(judgement.state == .stale)
      #expect(judgement.cachedBytes == 0)
      #expect(judgement.dataBytes > 0)
      #expect(judgement.reason != nil)
    }
    #expect(judge(nfs(), [], file(modified: 101)).reason?.contains("after") == true)
    #expect(judge(nfs(), [], file(modified: 99)).reason?.contains("before") == true)
  }

  @Test("The change attribute of NFSv4 cannot be compared, and that is said")
  func changeAttribute() {
    #expect(judge(nfs(), [0..<12288]).reason == nil)
    #expect(judge(nfs(change: 7), [0..<12288]).reason?.contains("change attribute") == true)
  }

  @Test("CIFS compares both times, whose nanoseconds stand after both seconds")
  func cifs() {
    var coherency: [UInt8] = []
    coherency.append(UInt64(100), .little)
    coherency.append(UInt64(200), .little)
    coherency.append(UInt32(5), .little)
    coherency.append(UInt32(6), .little)
    let value = ObjectRecord(objectSize: 10_000, coherency: coherency).bytes
    #expect(judge(value, [0..<12288], nil, .cifs).state == .cached)
    #expect(judge(value, [0..<12288], nil, .cifs).reason == nil)
    #expect(judge(value, [0..<12288], file(changed: 201), .cifs).state == .stale)
  }

  @Test("Where only the server knows the version, the size is compared, and the kernel's cookie, in use or not")
  func versions() {
    for (type, length) in [(NetfsType.ninep, 4), (.afs, 8), (.ceph, 8)] {
      let coherency = [UInt8](repeating: 3, count: length)
      let value = ObjectRecord(objectSize: 10_000, coherency: coherency).bytes
      #expect(judge(value, [0..<12288], nil, type).state == .cached)
      #expect(judge(value, [0..<12288], nil, type).reason?.hasPrefix("only the size") == true)
      #expect(judge(value, [0..<12288], file(size: 9999), type).state == .stale)
      func cookie(_ state: CookieLine.State, _ byte: UInt8) -> CachedFileFacts.Cookie {
        CachedFileFacts.Cookie(state: state, coherency: [UInt8](repeating: byte, count: length))
      }
      #expect(judge(value, [], nil, type, cookie: cookie(.quiescent, 4)).state == .stale)
      #expect(judge(value, [], nil, type, cookie: cookie(.quiescent, 3)).state == .empty)
      #expect(judge(value, [], nil, type, cookie: cookie(.active, 3)).state == .empty)
      let replaced = judge(value, [0..<12288], nil, type, cookie: cookie(.active, 4))
      #expect(replaced.state == .stale)
      #expect(replaced.reason?.hasSuffix("may be replacing it") == true)
    }
  }

  @Test("What the kernel refuses or replaces is stale, with its reason")
  func rejected() {
    var wrongType = nfs()
    wrongType[16] = 2
    for value in [nil, [], Array(nfs().dropLast()), nfs() + [0], wrongType] {
      let judgement = judge(value, [0..<12288])
      #expect(judgement.state == .stale)
      #expect(judgement.cachedBytes == 0)
      #expect(judgement.reason != nil)
    }
  }

  @Test("A dirty copy counts while it is in use, and not after a crash")
  func dirty() {
    let cookie = CachedFileFacts.Cookie(state: .active, coherency: [])
    let inUse = judge(nfs(content: .dirty), [0..<4096], cookie: cookie)
    #expect(inUse.state == .dirty)
    #expect(inUse.cachedBytes == 4096)
    let left = judge(nfs(content: .dirty), [0..<4096])
    #expect(left.state == .dirty)
    #expect(left.cachedBytes == 0)
    #expect(left.reason != inUse.reason)
  }

  @Test("Without an object it is absent; with a cookie in use it has no name yet")
  func noObject() {
    func judge(_ state: CookieLine.State?) -> CachedFileJudgement {
      let cookie = state.map { CachedFileFacts.Cookie(state: $0, coherency: []) }
      return CachedFileJudgement(CachedFileFacts(cookie: cookie), of: file(), in: .nfs)
    }
    #expect(judge(nil).state == .absent)
    #expect(judge(nil).reason == nil)
    #expect(judge(.quiescent).state == .absent)
    #expect(judge(.failed).state == .absent)
    #expect(judge(.failed).reason != nil)
    for state in [CookieLine.State.active, .creating, .lookingUp, .discarding] {
      #expect(judge(state).state == .unknown)
      #expect(judge(state).reason?.hasPrefix("in use, not yet committed") == true)
    }
  }

  @Test("Something else in the object's place, and an object that cannot be read")
  func others() {
    let directory = CachedFileJudgement(CachedFileFacts(object: .init(otherKind: "a directory")), of: file(), in: .nfs)
    #expect(directory.state == .stale)
    let unread = CachedFileJudgement(CachedFileFacts(object: .init(problem: "no")), of: file(), in: .nfs)
    #expect(unread.state == .unknown)
    #expect(unread.reason == "no")
  }

  @Test("A stale copy that is in use may be on its way to be replaced")
  func staleInUse() {
    let cookie = CachedFileFacts.Cookie(state: .active, coherency: [])
    #expect(judge(nfs(), [], file(modified: 101), cookie: cookie).reason?.contains("may be replacing it") == true)
  }
}
