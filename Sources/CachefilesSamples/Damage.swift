// SPDX-License-Identifier: Apache-2.0
package import CachefilesCheck
import CachefilesFormat
import CachefilesStore
package import LinuxIO
package import SystemPackage

/// Damage of every kind that `fsck` knows, made on purpose in a sample: to try the tool on, and for its tests.
package struct Damage: Sendable {
  /// The problem that it makes.
  package let id: ProblemID
  /// Whether it leaves room for others: some take the place where others would go.
  package let standsAlone: Bool
  private let make: @Sendable (borrowing Store, Circumstances) throws(Errno) -> Void

  /// What recipes need to know.
  struct Circumstances {
    /// The time of day.
    var now: Timestamp
    /// A cookie key for 9P that no other damage uses.
    var key: [UInt8]
    /// Another one.
    var secondKey: [UInt8]
  }

  init(
    _ id: ProblemID, alone: Bool = false,
    _ make: @escaping @Sendable (borrowing Store, Circumstances) throws(Errno) -> Void
  ) {
    self.id = id
    standsAlone = alone
    self.make = make
  }

  /// Every damage that can be made in an ordinary directory. The others need a file system of their own, or a kernel.
  package static let all: [Damage] = rootDamages + volumeDamages + objectDamages + graveyardDamages

  /// The damage that makes this problem; nil when a directory alone cannot show it.
  package static func of(_ id: ProblemID) -> Damage? { all.first { $0.id == id } }

  /// Does the damage to a sample.
  ///
  /// - Throws: ``SampleFailure`` when the sample cannot be opened or changed.
  package static func apply(_ damages: [Damage], to path: FilePath, now: Timestamp) throws(SampleFailure) {
    let store: Store
    do throws(OpeningFailure) {
      store = try Store(path: path)
    } catch {
      guard case .unreadable(let error) = error else { throw .notEmpty(path: path.bytes) }
      throw .failed(error)
    }
    // What takes the place of a directory comes last.
    for damage in damages.sorted(by: { !$0.standsAlone && $1.standsAlone }) {
      do throws(Errno) {
        try damage.make(store, damage.circumstances(now))
      } catch {
        throw .failed(StoreError(path: path.bytes, operation: "make problem \(damage.id.rawValue) in", error: error))
      }
    }
  }

  private func circumstances(_ now: Timestamp) -> Circumstances {
    let number = UInt8(id.index + 1)
    return Circumstances(
      now: now, key: [number, 0x25, 0xf8, 0, 0, 0, 0, 0], secondKey: [number, 0x26, 0xf8, 0, 0, 0, 0, 0])
  }

  /// The volume of most damaged objects.
  static let volume: StaticString = "9p,sample,damage"
  static let day = Duration.seconds(86_400)
}

extension Damage {
  static let rootDamages: [Damage] = [
    Damage(.r02, alone: true) { (store, _) throws(Errno) in try replaceByFile(Store.cacheName, in: store) },
    Damage(.r03, alone: true) { (store, _) throws(Errno) in try replaceByFile(Store.graveyardName, in: store) },
    Damage(.r04, alone: true) { (store, _) throws(Errno) in
      if let error = TreeRemover.remove(Store.graveyardName, in: store.root) { throw error }
    },
    Damage(.r09) { (store, _) throws(Errno) in try store.makeDirectories(Array("backup".utf8)) },
    Damage(.r10) { (store, _) throws(Errno) in try store.setMode(Store.cacheName.bytes, 0o755) },
    Damage(.r11) { (store, _) throws(Errno) in
      try store.withEntry(Store.cacheName.bytes, .directory) { (cache) throws(Errno) in
        try cache.setAttribute(CacheAttribute.name, to: Array("C3".utf8))
      }
    },
  ]

  private static func replaceByFile(_ name: EntryName, in store: borrowing Store) throws(Errno) {
    if let error = TreeRemover.remove(name, in: store.root) { throw error }
    _ = try store.root.open(name, .create(permissions: 0o600))
  }

  static let graveyardDamages: [Damage] = [
    Damage(.g01) { (store, _) throws(Errno) in
      try store.makeDirectories(Array("graveyard/67a5b3c100000001/@00".utf8))
    },
    Damage(.g02) { (store, _) throws(Errno) in try store.makeDirectories(Array("graveyard/an old volume".utf8)) },
    Damage(.g03) { (store, _) throws(Errno) in
      let path = Array("graveyard/67a5b3c100000002".utf8)
      try store.makeDirectories(path)
      try store.setFlags(path, .immutable)
    },
  ]

  static let volumeDamages: [Damage] = [
    Damage(.v01) { (store, _) throws(Errno) in
      try store.makeFile(Array("cache/notes.txt".utf8), Store.SoundObject(hasAttribute: false))
    },
    Damage(.v02) { (store, _) throws(Errno) in
      try store.makeDirectories(Array("cache/@4a/I03nfs/@30/Ji000000000000000--fHg8hi8400".utf8))
    },
    Damage(.v03) { (store, _) throws(Errno) in
      try store.makeFile(Array("cache/I9p,sample,file".utf8), Store.SoundObject(hasAttribute: false))
    },
    Damage(.v04) { (store, circumstances) throws(Errno) in
      try store.makeObject(circumstances.key, in: "9p,sample,bare")
      try store.withEntry(Array("cache/I9p,sample,bare".utf8), .directory) { (volume) throws(Errno) in
        try volume.removeAttribute(CacheAttribute.name)
      }
    },
    Damage(.v05) { (store, _) throws(Errno) in _ = try store.makeVolume("9p,sample,long", record: [0, 0, 0, 0, 7]) },
    Damage(.v06) { (store, _) throws(Errno) in _ = try store.makeVolume("9p,sample,short", record: []) },
    Damage(.v07) { (store, _) throws(Errno) in _ = try store.makeVolume("9p,sample,reserved", record: [0, 0, 0, 1]) },
    Damage(.v08) { (store, _) throws(Errno) in _ = try store.makeVolume("9p,sample,empty") },
    Damage(.v09) { (store, _) throws(Errno) in
      let volume = try store.makeVolume("9p,sample,foreign")
      try store.makeFile(volume.appending(component: Array("README".utf8)), Store.SoundObject(hasAttribute: false))
    },
    Damage(.v10) { (store, _) throws(Errno) in _ = try store.makeVolume("gfs,sample") },
    Damage(.v11) { (store, circumstances) throws(Errno) in
      let key: [UInt8] = [1, 0, 7, 0, 12, 0, 0, 0, 3, 0, 0, 0, 9, 0, 0, 0]
      var object = Store.SoundObject(coherency: [UInt8](repeating: 0, count: 40), accessTime: circumstances.now - day)
      for number: UInt8 in [9, 8, 7] {
        let key = key.dropLast(4) + [number, 0, 0, 0]
        try store.makeObject(
          Array(key), in: "nfs,3.0,2,,6401a8c0,1,,,3002c0,100000,100000,2ee,3a98,1d4c,3a98,1", object)
      }
      object.accessTime = object.accessTime - day * 60
      try store.makeObject(key, in: "nfs,3.0,2,,6401a8c0,1,,,3002c0,80000,80000,2ee,3a98,1d4c,3a98,1", object)
    },
    Damage(.v12) { (store, _) throws(Errno) in
      let blob = Array("2f7c9d1e5a".utf8)
      try store.makeObject(blob, in: "erofs,sample", Store.SoundObject(coherency: []))
    },
    Damage(.f01) { (store, circumstances) throws(Errno) in try store.makeObject(circumstances.key, in: volume) },
    Damage(.f02) { (store, _) throws(Errno) in
      let volume = try store.makeVolume("9p,sample,fanout")
      try store.makeFile(volume.appending(component: Array("@9c".utf8)), Store.SoundObject(hasAttribute: false))
    },
    Damage(.f03) { (store, _) throws(Errno) in
      let fanout = try store.makeVolume("9p,sample,open").appending(component: Array("@17".utf8))
      try store.makeDirectories(fanout)
      try store.setMode(fanout, 0o755)
    },
    Damage(.o23) { (store, _) throws(Errno) in
      _ = try store.makeVolume("9p,sample,CASE")
      _ = try store.makeVolume("9p,sample,case")
    },
    Damage(.o25) { (store, _) throws(Errno) in
      for number in 1...8 as ClosedRange<UInt8> {
        try store.makeObject(
          [number, 0x25, 0xf8, 0, 0, 0, 0, 0], in: "9p,sample,restored",
          Store.SoundObject(objectSize: 8192, data: 8192, permissions: 0o644))
      }
    },
  ]
}
