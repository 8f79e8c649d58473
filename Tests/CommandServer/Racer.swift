// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// Changes names and files as fast as it can until it is killed: what another process may do to a cache while a command runs.
///
/// The directories are opened before the first change, and links are never followed: whatever the names lead to meanwhile, nothing but the
/// entries that were named is changed.
struct Racer {
  private enum Action: UInt8 {
    /// The two names are exchanged.
    case exchange = 0x78
    /// The first name becomes the second, and the first again.
    case rename = 0x72
    /// The file grows, up to 64 KiB, and shrinks again.
    case grow = 0x67
    /// A new file takes the place of the file; the second name is used meanwhile.
    case new = 0x6e
  }

  private struct Place {
    let directory: CInt
    let name: [CChar]

    init(_ path: [UInt8]) {
      let end = path.lastIndex(of: 0x2f) ?? path.startIndex
      directory = open(path[..<end].map(CChar.init(bitPattern:)) + [0], O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      name = path[path.index(after: end)...].map(CChar.init(bitPattern:)) + [0]
    }
  }

  private let steps: [(Action, Place, Place)]
  private let pause: UInt32
  private let rounds: UnsafeMutablePointer<Int>

  /// - Parameters:
  ///   - fields: action, path and path, again and again.
  ///   - pause: at most so many microseconds are waited between two rounds.
  init(_ fields: ArraySlice<[UInt8]>, pause: UInt32, rounds: UnsafeMutablePointer<Int>) {
    let all = Array(fields)
    steps = stride(from: 0, to: all.count, by: 3).compactMap { start in
      guard let action = all[start].first.flatMap(Action.init) else { return nil }
      return (action, Place(all[start + 1]), Place(all[start + 2]))
    }
    self.pause = pause
    self.rounds = rounds
  }

  /// A number that the process and its parent share.
  static func sharedCounter() -> UnsafeMutablePointer<Int>? {
    let page = mmap(nil, MemoryLayout<Int>.size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
    guard let page, page != MAP_FAILED else { return nil }
    return page.bindMemory(to: Int.self, capacity: 1)
  }

  func run() -> Never {
    var number = SystemRandomNumberGenerator()
    while true {
      for step in steps { perform(step.0, step.1, step.2) }
      rounds.pointee += 1
      if pause > 0 { usleep(number.next(upperBound: pause)) }
    }
  }

  private func perform(_ action: Action, _ first: Place, _ second: Place) {
    switch action {
    case .exchange:
      _ = clinux_renameat2(first.directory, first.name, second.directory, second.name, CUnsignedInt(RENAME_EXCHANGE))
    case .rename:
      guard
        clinux_renameat2(first.directory, first.name, second.directory, second.name, CUnsignedInt(RENAME_NOREPLACE))
          == 0
      else {
        return
      }
      _ = clinux_renameat2(second.directory, second.name, first.directory, first.name, CUnsignedInt(RENAME_NOREPLACE))
    case .grow:
      let file = openat(first.directory, first.name, O_RDWR | O_NOFOLLOW | O_NONBLOCK)
      guard file >= 0 else { return }
      defer { close(file) }
      var status = stat()
      guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
      if status.st_size > 65536 {
        ftruncate(file, 0)
      } else {
        pwrite(file, first.name, first.name.count, status.st_size)
      }
    case .new:
      let file = openat(second.directory, second.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
      guard file >= 0 else { return }
      write(file, first.name, first.name.count)
      close(file)
      _ = clinux_renameat2(second.directory, second.name, first.directory, first.name, 0)
    }
  }
}
