// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep
import LinuxIO
import SystemPackage

/// The file with the pins of a cache: one that the user names, or the one for the cache's root below the state directory.
struct PinPlace {
  /// The path of the file.
  let path: FilePath
  /// The absolute path of the cache's root.
  let root: [UInt8]
  /// Whether the user named it.
  private let isGiven: Bool

  private static func directory() throws(Failure) -> FilePath {
    try StateDirectory.path(orElse: "--pins names a file").appending("pins")
  }

  /// The file for a cache. A cache that is mounted in a second place has that of the first, where there is one.
  init(_ given: ByteArgument?, of store: borrowing Store) throws(Failure) {
    let root = store.root.resolvedPath
    if let given {
      self.init(path: FilePath(bytes: given.bytes), root: root ?? store.path, isGiven: true)
      return
    }
    guard let root, let name = Self.name(of: root) else {
      let reason = root == nil ? "its absolute path is not known without /proc" : "its path is too long"
      throw Failure(
        "\(EscapedBytes.string(store.path)): where its pins are cannot be told: \(reason); --pins names a file")
    }
    let path = try Self.directory().appending(name)
    if Self.isNowhere(path), let other = try Self.elsewhere(store) {
      self = other
    } else {
      self.init(path: path, root: root, isGiven: false)
    }
  }

  /// A file for the cache with this root.
  init(path: FilePath, root: [UInt8], isGiven: Bool) {
    self.path = path
    self.root = root
    self.isGiven = isGiven
  }

  /// The file for a removal; nil where this machine has no pins at all, so that it does not matter which is the cache's.
  static func existing(_ given: ByteArgument?, of store: borrowing Store) throws(Failure) -> PinPlace? {
    if given == nil {
      let directory = try directory()
      do throws(Errno) { _ = try OwnedDescriptor(directory: directory, keepsAccessTime: false) } catch {
        if error == .noSuchFileOrDirectory, !StateDirectory.isLinkToNothing(directory) { return nil }
        throw Failure(
          "\(EscapedBytes.string(directory.bytes)): cannot look for pins: \(error) (--no-pins goes on without)")
      }
    }
    return try PinPlace(given, of: store)
  }

  /// Whether there surely is no file at a path, nor a link that leads to none, as to a disk that is not mounted.
  private static func isNowhere(_ path: FilePath) -> Bool {
    do throws(Errno) { _ = try FileStatus.of(path) } catch {
      return error == .noSuchFileOrDirectory && !StateDirectory.isLinkToNothing(path)
    }
    return false
  }

  /// The file for another path of the same directory, which is mounted in a second place.
  private static func elsewhere(_ store: borrowing Store) throws(Failure) -> PinPlace? {
    var found: PinPlace?
    let (directory, root) = (try directory(), store.rootStatus)
    if isNowhere(directory) { return nil }
    do throws(Errno) {
      let open = try OwnedDescriptor(directory: directory, keepsAccessTime: false)
      let buffer = DirectoryBuffer(capacity: 16 << 10)
      while try buffer.fill(from: open) {
        buffer.forEach { record in
          let name = String(decoding: record.name.array, as: UTF8.self)
          guard let path = Self.root(ofName: record.name.array), Self.name(of: path) == name,
            let status = try? FileStatus.of(FilePath(bytes: path)),
            status.inode == root.inode, status.device == root.device
          else { return }
          found = PinPlace(
            path: directory.appending(name), root: path, isGiven: false)
        }
      }
    } catch {
      throw Failure(
        "\(EscapedBytes.string(directory.bytes)): cannot look for pins: \(error) (--no-pins goes on without)")
    }
    return found
  }

  /// The root that a file is named for; nil for another name.
  private static func root(ofName name: [UInt8]) -> [UInt8]? {
    guard name.suffix(5).elementsEqual(".pins".utf8), name.first != UInt8(ascii: ".") else { return nil }
    var root: [UInt8] = [UInt8(ascii: "/")]
    var rest = name.dropLast(5)
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "-"): root.append(UInt8(ascii: "/"))
      case UInt8(ascii: "%"):
        guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count > 1 else {
          return nil
        }
        root.append(value)
        rest = rest.dropFirst(2)
      default: root.append(byte)
      }
    }
    return root
  }

  /// The name of the file for a root: its path with `-` for `/`, other bytes than letters, digits, `.` and `_` as `%HH`.
  private static func name(of root: [UInt8]) -> String? {
    var name = ""
    for byte in root.drop(while: { $0 == UInt8(ascii: "/") }) {
      switch byte {
      case UInt8(ascii: "/"): name += "-"
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"):
        name.unicodeScalars.append(Unicode.Scalar(byte))
      default: name += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    name += ".pins"
    return name.utf8.count <= 220 ? name : nil
  }

  /// The pins; nil where there is no file, which one that was named must be.
  func load(mayBeMissing: Bool = false) throws(Failure) -> PinList? {
    let bytes: [UInt8]
    do throws(Errno) { bytes = try UserFile.read(path, limit: PinFile.sizeLimit) } catch {
      if !isGiven || mayBeMissing, Self.isNowhere(path) { return nil }
      throw Failure("\(EscapedBytes.string(path.bytes)): cannot read the pins: \(error)")
    }
    do throws(PinFileDefect) {
      let list = try PinFile.list(parsing: bytes)
      if list.root == root { return list }
      throw PinFileDefect("it is about another cache, \(EscapedBytes.string(list.root))")
    } catch {
      throw Failure("\(EscapedBytes.string(path.bytes)): the pins cannot be used: \(error)")
    }
  }

  /// Changes the pins, one process at a time: what is there is read, changed, and written beside it; a rename puts it in its place.
  func update(_ store: borrowing Store, _ change: (inout PinList) throws(Failure) -> Void) throws(Failure) {
    if !isGiven { try StateDirectory.make(Self.directory()) }
    let lock = try locked()
    let isInside: Bool
    do throws(Errno) { isInside = try store.forbids(lock) } catch { throw failure(error) }
    if isInside { throw Failure("\(EscapedBytes.string(path.bytes)): pins are not kept inside a cache") }
    var list = try load(mayBeMissing: true) ?? PinList(root: root)
    try change(&list)
    do throws(Errno) { try NewFile.replace(path, with: PinFile.bytes(of: list), isDurable: true) } catch {
      throw failure(error)
    }
  }

  /// The directory of the file, locked. Another program of this kind is done in a moment.
  private func locked() throws(Failure) -> OwnedDescriptor {
    do throws(Errno) {
      let parent = try OwnedDescriptor(directory: NewFile.parent(of: path), keepsAccessTime: false)
      for _ in 0..<200 {
        if try parent.lock() { return parent }
        Pause.microseconds(50_000)
      }
    } catch {
      throw failure(error)
    }
    throw Failure("\(EscapedBytes.string(path.bytes)): another program is changing the pins")
  }

  private func failure(_ error: Errno) -> Failure {
    Failure("\(EscapedBytes.string(path.bytes)): cannot write the pins: \(error)")
  }
}
