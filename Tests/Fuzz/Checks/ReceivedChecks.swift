// SPDX-License-Identifier: Apache-2.0
#if DEBUG || Fuzzing
  import CAttr
  import CachefilesFormat
  import CachefilesStore
  import Glibc
  import LinuxIO
  import Synchronization
  import SystemPackage

  @testable import CachefilesUpkeep

  /// Archives, received into a cache in memory: what comes of it is a sound cache, and nothing beside it.
  enum ReceivedChecks {
    private static let number = Atomic<Int>(0)

    static func check(_ input: [UInt8]) throws {
      let number = number.add(1, ordering: .relaxed).newValue
      let top = "/dev/shm/cachefiles-fuzz-\(getpid())-\(number)"
      mkdir(top, 0o700)
      defer { remove(Array(top.utf8)) }
      var options = ReceiveOptions()
      options.threads = 1
      options.synchronizes = false
      options.isCancelled = { false }
      let report = try MemoryFile.with(ArchiveChecks.repaired(input)) { descriptor, _ in
        let reader = try PaxReader(descriptor: descriptor)
        return try? CacheReceive(into: FilePath("\(top)/cache-root"), options).run(reader)
      }
      if let report { return try outcome(top, report) }
      try hold(entries(Array(top.utf8), []).isEmpty, "refused, and there is something")
    }

    private static func outcome(_ top: String, _ report: ReceiveReport) throws {
      let found = entries(Array(top.utf8), [])
      try hold(found.allSatisfy { $0.starts(with: Array("cache-root".utf8)) }, "something beside the cache")
      var objects = 0
      for name in found where name.count > "cache-root".utf8.count {
        let path = CachePath(Array(name.dropFirst("cache-root/".utf8.count)))
        let file = Array(top.utf8) + [UInt8(ascii: "/")] + name
        let shown = EscapedBytes.string(name)
        var status = stat()
        try hold(withPath(file) { lstat($0, &status) } == 0, "gone: \(shown)")
        let isRegular = status.st_mode & S_IFMT == S_IFREG
        try hold(isRegular || status.st_mode & S_IFMT == S_IFDIR, "neither a file nor a directory: \(shown)")
        try hold(status.st_mode & 0o7000 == 0, "rights of its owner for whoever runs it: \(shown)")
        switch path.place {
        case .cache, .graveyard, .volume, .fanout: try hold(!isRegular, "a file in the place of a directory: \(shown)")
        case .object:
          try hold(isRegular, "no file: \(shown)")
          try object(path, file)
          objects += 1
        default: throw Violation("not of a cache: \(shown)", #fileID, #line)
        }
      }
      try hold(objects == report.receivedObjects, "\(objects) objects, \(report.receivedObjects) told")
    }

    private static func object(_ path: CachePath, _ file: [UInt8]) throws {
      guard let key = path.volumeKey, let last = path.components.last else { return }
      var cookie: [UInt8] = []
      let decoded = try mustNotFail("a name") { try ObjectName.decode(last.span, into: &cookie) }
      try hold(decoded.isCanonical, "a name that no kernel makes")
      let fanout = KeyHash(cookieKey: cookie.span, in: KeyHash(volumeKey: key.span)).fanout
      try hold(path.components[2] == fanout.directoryName, "in another directory than its own")
      var value = [UInt8](repeating: 0, count: 512)
      let count = withPath(file) { getxattr($0, "user.CacheFiles.cache", &value, value.count) }
      try hold(count >= ObjectRecord.headerLength, "no record")
      let record = Array(value.prefix(max(0, count)))
      try hold(Dirtiness(record: record.span) == .clean, "a dirty object")
    }

    // MARK: Names are bytes

    private static func withPath<Result>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
      (path + [0]).map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("a path has a NUL at its end") }
        return body(base)
      }
    }

    /// The names in a directory.
    private static func names(_ directory: [UInt8]) -> [[UInt8]] {
      guard let stream = withPath(directory, { opendir($0) }) else { return [] }
      defer { closedir(stream) }
      var names: [[UInt8]] = []
      while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
        if name != [46], name != [46, 46] { names.append(name) }
      }
      return names
    }

    /// The paths of everything below a directory, from there.
    private static func entries(_ top: [UInt8], _ above: [UInt8]) -> [[UInt8]] {
      names(top + above).flatMap { name -> [[UInt8]] in
        let path = above + [UInt8(ascii: "/")] + name
        return [Array(path.dropFirst())] + entries(top, path)
      }
    }

    private static func remove(_ path: [UInt8]) {
      for name in names(path) { remove(path + [UInt8(ascii: "/")] + name) }
      if withPath(path, { unlink($0) }) != 0 { _ = withPath(path) { rmdir($0) } }
    }
  }
#endif
