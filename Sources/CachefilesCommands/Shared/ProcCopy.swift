// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import LinuxIO
import SystemPackage

/// The directory of `--proc`: a saved copy of what a kernel told.
enum ProcCopy {
  /// The directory, or `/proc` where none was given.
  ///
  /// - Throws: ``Failure`` where one was given that cannot be opened: a name that is mistyped is not a kernel that tells nothing.
  static func directory(
    _ given: ByteArgument?, status: ExitCode = ExitStatus.failure
  ) throws(Failure) -> FilePath {
    guard let given else { return KernelView.defaultDirectory }
    let path = FilePath(bytes: given.bytes)
    do throws(Errno) {
      _ = try OwnedDescriptor(directory: path, keepsAccessTime: false)
    } catch {
      throw Failure(
        "\(EscapedBytes.quoted(given.bytes)): cannot read the copy of /proc: \(error)", program: "cachefiles",
        status: status)
    }
    return path
  }

  /// The directory that `doctor` judges, which must hold something of a kernel's: of an empty one nothing can be said.
  static func toJudge(_ given: ByteArgument) throws(Failure) -> FilePath {
    let status = ExitCode(HealthStatus.unknown.exit)
    let path = try directory(given, status: status)
    guard KernelView.isCopy(path) else {
      throw Failure(
        "\(EscapedBytes.quoted(given.bytes)): it is no copy of /proc: none of the kernel's files is in it",
        program: "cachefiles", status: status)
    }
    return path
  }
}
