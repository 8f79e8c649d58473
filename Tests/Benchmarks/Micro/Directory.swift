// SPDX-License-Identifier: Apache-2.0
import CLoops
import Glibc
import LinuxIO
import SystemPackage

/// A directory of files that is read again and again, by one thread.
final class Directory: @unchecked Sendable {
  /// The size of a buffer in bytes, as the scan has it.
  static let capacity = 128 << 10

  private let path: String
  private let buffer = DirectoryBuffer(capacity: capacity)

  init(path: String) { self.path = path }

  /// Reads it all; with `status` asks for the status of each entry.
  func read(status: Bool) -> Int64 {
    do {
      let directory = try OwnedDescriptor(directory: FilePath(path))
      var sum: Int64 = 0
      while try buffer.fill(from: directory) {
        buffer.forEach { record in
          let name = record.name
          sum += 1 + Int64(name.count) + Int64(record.kind.rawValue)
          guard status, let known = try? record.status(in: directory) else { return }
          sum += Int64(known.blocks) + Int64(known.size)
        }
      }
      return sum
    } catch {
      fatalError("cannot read \(path): \(error)")
    }
  }

  /// The same in C.
  func readInC(status: Bool) -> Int64 {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    return cloops_directory(descriptor, Self.capacity, status ? 1 : 0)
  }
}
