// SPDX-License-Identifier: Apache-2.0
import Foundation

/// An ext4 file system in a file, mounted at a directory as long as the value lives.
///
/// It is the same on every machine and in every run: blocks of 4 KiB, 1 GiB, 16,384 inodes, no features that depend on the
/// version of mkfs, and blocks mapped without extents, so that what a file occupies follows from its offsets alone. What is
/// allocated in it can be written down and compared.
public final class FileSystemImage: Sendable {
  /// Where it is mounted.
  public let path: String
  private let image: String

  /// Makes the file `<path>.image` and mounts it at the directory, which is made.
  ///
  /// Ends the test process when that fails: ask ``isPossible`` before.
  public init(at path: String) {
    self.path = path
    image = path + ".image"
    guard Self.make(image, path) else { fatalError("cannot mount \(image), which was possible before") }
  }

  deinit { Self.unmount(image, path) }

  /// Whether this process may mount such an image.
  public static let isPossible: Bool = {
    guard geteuid() == 0 else { return false }
    let scratch = ScratchDirectory()
    let path = "\(scratch.path)/mounted"
    guard make(path + ".image", path) else { return false }
    unmount(path + ".image", path)
    return true
  }()

  private static func make(_ image: String, _ path: String) -> Bool {
    let script = """
      set -e
      mkdir -p "$2"
      truncate -s 1G "$1"
      mkfs.ext4 -q -F -b 4096 -I 256 -N 16384 -m 0 -J size=8 \
        -O none,dir_index,ext_attr,extra_isize,filetype,has_journal,large_file,sparse_super \
        -E hash_seed=63616368-6566-696c-6573-000000000002,lazy_itable_init=0,lazy_journal_init=0,nodiscard "$1"
      mount -t ext4 -o loop,nodelalloc "$1" "$2"
      """
    return run(script, image, path)
  }

  private static func unmount(_ image: String, _ path: String) {
    _ = run("umount \"$2\" || umount -l \"$2\"; rm -f \"$1\"", image, path)
  }

  private static func run(_ script: String, _ image: String, _ path: String) -> Bool {
    let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
    let result = try? Command.run("/bin/sh", ["-c", script, "sh", image, path], environment: environment)
    return result?.status == 0
  }
}
