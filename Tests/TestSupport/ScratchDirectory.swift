// SPDX-License-Identifier: Apache-2.0
import CAttr
public import Foundation
public import LinuxIO
public import SystemPackage

/// A directory of a test's own, removed with everything in it when the value goes away.
///
/// With `KEEP_SCRATCH` in the environment it stays, to be looked at.
public final class ScratchDirectory: Sendable {
  /// The directory's path, with links resolved.
  public let path: String

  /// Where the directories are made: below `$TMPDIR`; else in memory, where that can hold a cache; else below `/var/tmp`, which
  /// is on a disk.
  ///
  /// Tests make and remove some hundred thousand files. What depends on the kind of file system has one of its own
  /// (``FileSystemImage``), and `Tests/anywhere.sh` runs all tests on the usual ones.
  public static let base: String = {
    if let chosen = ProcessInfo.processInfo.environment["TMPDIR"] { return chosen }
    let memory = "/dev/shm"
    var status = statvfs()
    guard statvfs(memory, &status) == 0, UInt64(status.f_bavail) * UInt64(status.f_frsize) > 4 << 30,
      status.f_favail > 1_000_000
    else { return "/var/tmp" }
    // tmpfs has user attributes since Linux 6.6.
    var template = Array("\(memory)/cachefiles-test-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { return "/var/tmp" }
    let taken = fsetxattr(descriptor, "user.test", [1], 1, 0)
    unlink(template)
    close(descriptor)
    return taken == 0 ? memory : "/var/tmp"
  }()

  /// Makes the directory.
  public init() {
    let base = Self.base
    var template = Array(("\(base)/cachefiles-test-" + String(repeating: "X", count: 6)).utf8CString)
    guard mkdtemp(&template) != nil else { fatalError("no scratch directory below \(base)") }
    let made = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path =
      realpath(made, nil).map { pointer in
        defer { free(pointer) }
        return String(cString: pointer)
      } ?? made
  }

  deinit {
    guard ProcessInfo.processInfo.environment["KEEP_SCRATCH"] == nil else { return }
    // Trees of tests can be deeper than Foundation's own removal goes. Few have immutable or closed entries.
    let script = """
      rm -rf "$1" 2>/dev/null && exit
      chattr -R -i -a "$1" 2>/dev/null
      chmod -R u+rwx "$1" 2>/dev/null
      rm -rf "$1"
      """
    _ = try? Command.run("/bin/sh", ["-c", script, "sh", path])
  }

  /// The bytes that the directory occupies: none on many file systems.
  public var directoryBytes: Int {
    var raw = stat()
    return stat(path, &raw) == 0 ? Int(raw.st_blocks) * 512 : 0
  }

  /// The path of something in the directory.
  public func path(_ name: String) -> FilePath { FilePath(path).appending(name) }

  /// Makes a file with these bytes, and the directories above it.
  @discardableResult
  public func write(_ name: String, _ bytes: [UInt8] = []) throws -> String {
    let file = "\(path)/\(name)"
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  /// Makes a directory and those above it.
  public func makeDirectory(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
  }

  /// The names in the directory, sorted.
  public var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

/// Where the test data lies.
public enum Fixtures {
  /// The top of the repository.
  public static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  /// `Tests/Fixtures`.
  static let directory = package.appendingPathComponent("Tests/Fixtures")

  /// The bytes of a file there.
  public static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: directory.appendingPathComponent(name)))
  }
}

/// Names in tests are written as text.
extension EntryName: ExpressibleByUnicodeScalarLiteral {}
extension EntryName: ExpressibleByExtendedGraphemeClusterLiteral {}
extension EntryName: ExpressibleByStringLiteral {
  /// The name that the text gives in UTF-8.
  public init(stringLiteral value: String) {
    guard let name = EntryName(Array(value.utf8)) else { preconditionFailure("no name: \(value)") }
    self = name
  }
}
