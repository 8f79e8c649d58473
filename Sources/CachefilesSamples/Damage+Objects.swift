// SPDX-License-Identifier: Apache-2.0
import CachefilesCheck
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

extension Damage {
  static let objectDamages: [Damage] = [
    object(.o01) { $0.name = Array("Q-no-key".utf8) },
    Damage(.o02) { (store, _) throws(Errno) in
      // The kernel writes this key as T, which is shorter.
      try store.makeObject(
        [0xee, 0x25, 0xf8, 0, 0, 0, 0, 0], in: volume, Store.SoundObject(name: Array("See25f800,0".utf8)))
    },
    object(.o03) { $0.displacement = 1 },
    Damage(.o04) { (store, circumstances) throws(Errno) in
      let path = try store.makeObject(circumstances.key, in: volume)
      try store.unlink(path)
      try store.makeDirectories(path)
      try store.makeFile(path.appending(component: Array("inside".utf8)), Store.SoundObject(hasAttribute: false))
    },
    Damage(.o05) { (store, circumstances) throws(Errno) in
      let path = try store.makeObject(circumstances.key, in: volume)
      try store.unlink(path)
      try store.withParent(of: path) { (parent, name) throws(Errno) in
        try parent.makeSymlink(name, to: "/etc/hostname")
      }
    },
    object(.o06) { $0.hasAttribute = false },
    object(.o07) { $0.coherency += [0, 0, 0, 0] },
    object(.o08) { $0.attribute = [0, 0, 0, 0, 0, 0, 0x17, 0x70] },
    object(.o09) { $0.attribute = patched($0.record, 16, 2) },
    object(.o10) { $0.attribute = patched($0.record, 17, Content.dirty.rawValue) },
    object(.o11) { $0.attribute = patched($0.record, 17, 2) },
    object(.o12) { $0.attribute = patched($0.record, 17, 9) },
    object(.o13) { $0.attribute = patched($0.record, 15, 1) },
    object(.o14) { $0.objectSize = 1 << 63 },
    object(.o15) { $0.length = 65536 },
    object(.o16) { $0.length = 8000 },
    object(.o17) { $0.data = 8192 },
    Damage(.o18) { (store, circumstances) throws(Errno) in
      let path = try store.makeObject(circumstances.key, in: volume)
      let other = try store.makeObject(circumstances.secondKey, in: volume)
      try store.unlink(other)
      try store.withParent(of: path) { (parent, name) throws(Errno) in
        try store.withParent(of: other) { (directory, newName) throws(Errno) in
          try parent.link(name, to: directory, newName)
        }
      }
    },
    Damage(.o19) { (store, circumstances) throws(Errno) in
      try store.setFlags(try store.makeObject(circumstances.key, in: volume), .immutable)
    },
    object(.o20) { $0.data = 0 },
    Damage(.o21) { (store, _) throws(Errno) in
      let key: StaticString = "cifs,192.168.1.100:445,sample"
      let record = VolumeRecord(coherency: [UInt8](repeating: 0, count: 20)).bytes
      try store.makeObject(
        [0x0c, 0, 4, 0, 0, 0, 0x11, 0], in: key, Store.SoundObject(coherency: [UInt8](repeating: 0, count: 24)))
      _ = try store.makeVolume(key, record: record)
    },
    Damage(.o22) { (store, circumstances) throws(Errno) in
      try store.makeObject(circumstances.key + [1, 2, 3, 4], in: volume)
    },
    Damage(.o24) { (store, circumstances) throws(Errno) in
      try store.makeObject(circumstances.key, in: volume, Store.SoundObject(accessTime: circumstances.now + day * 10))
    },
    Damage(.o27) { (store, circumstances) throws(Errno) in
      for key in [circumstances.key, circumstances.secondKey] {
        try store.makeObject(key, in: "gfs,lengths", Store.SoundObject())
      }
      try store.makeObject(
        Array(circumstances.key.reversed()), in: "gfs,lengths", Store.SoundObject(coherency: [1, 2, 3, 4, 5, 6]))
    },
  ]

  /// A damage that is one object of the usual volume, other than sound.
  private static func object(
    _ id: ProblemID, _ change: @escaping @Sendable (inout Store.SoundObject) -> Void
  ) -> Damage {
    Damage(id) { (store, circumstances) throws(Errno) in
      var object = Store.SoundObject()
      change(&object)
      try store.makeObject(circumstances.key, in: volume, object)
    }
  }

  private static func patched(_ bytes: [UInt8], _ index: Int, _ byte: UInt8) -> [UInt8] {
    var bytes = bytes
    bytes[index] = byte
    return bytes
  }
}

extension Store {
  /// Removes a file that a damage takes the place of.
  fileprivate func unlink(_ path: [UInt8]) throws(Errno) {
    try withParent(of: path) { (parent, name) throws(Errno) in
      if let error = TreeRemover.remove(name, in: parent) { throw error }
    }
  }
}
