// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// A script that runs the built programs, and what it must print: a directory `Cases/<name>` with `cmd`, `stdout`, `stderr` and
/// `exit`.
///
/// Where an image can be mounted every case has one of its own (``FileSystemImage``), so that sizes are the same everywhere
/// and are compared. Elsewhere the case runs on whatever file system there is, and what depends on it is taken out of both
/// sides (``Normalisation``).
struct GoldenCase: CustomTestStringConvertible, CustomStringConvertible, Sendable {
  let name: String

  /// What a case can need, in the words of its line `# needs: …`.
  enum Need: String {
    /// The superuser.
    case root
    /// The superuser, and to become another user.
    case nobody
    /// A file system like ext4: one of those that caches are on, with directories that occupy 4 KiB. Elsewhere they have no
    /// line of their own, and volumes of nearly the same size stand in another order.
    case blocks
  }

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Cases")

  static let all: [GoldenCase] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    return names.sorted().filter { FileManager.default.fileExists(atPath: "\(root.path)/\($0)/cmd") }
      .map { GoldenCase(name: $0) }
  }()

  /// The cases that need these and nothing else.
  static func needing(_ needs: Need...) -> [GoldenCase] { all.filter { $0.needs == needs.map(\.rawValue) } }

  /// Whether a process can become another user that can run the program and use a scratch directory.
  static let canBecomeNobody: Bool = {
    guard geteuid() == 0 else { return false }
    let arguments = ["--reuid=65534", "--regid=65534", "--clear-groups", Command.productDirectory + "/cachefiles"]
    return (try? Command.run("/usr/bin/setpriv", arguments + ["--version"]))?.status == 0
  }()

  /// Whether a directory of a case occupies 4 KiB.
  static let hasBlocks: Bool = FileSystemImage.isPossible || ScratchDirectory().directoryBytes == 4096

  var description: String { name }
  var testDescription: String { name }
  var directory: URL { Self.root.appendingPathComponent(name) }

  /// What the case needs: the words after `# needs:` in its script.
  var needs: [String] {
    let script = (try? String(contentsOf: directory.appendingPathComponent("cmd"), encoding: .utf8)) ?? ""
    let line = script.split(separator: "\n").first { $0.hasPrefix("# needs: ") }
    return line.map { $0.dropFirst(9).split(separator: " ").map(String.init) } ?? []
  }

  /// Runs the script and compares, or writes.
  func check() throws {
    let scratch = ScratchDirectory()
    let image = FileSystemImage.isPossible ? FileSystemImage(at: "\(scratch.path)/image") : nil
    let place = image?.path ?? scratch.path
    for name in ["/tmp", "/here"] { mkdir(place + name, 0o755) }
    // Whatever the umask is.
    for name in ["", "/tmp", "/here"] { chmod(place + name, 0o755) }
    let script = directory.appendingPathComponent("cmd").path
    var command = [
      "/usr/bin/timeout", "120", "/bin/sh", "-c", "umask 022; . \"$CASES/lib.sh\"; . \"$1\"", "sh", script,
    ]
    // The machine's own configuration of cachefilesd has limits of its own: an empty one stands in its place.
    if geteuid() == 0, FileManager.default.fileExists(atPath: "/etc/cachefilesd.conf") {
      let hide = "mount --bind /dev/null /etc/cachefilesd.conf; exec \"$@\""
      command = ["/usr/bin/unshare", "-m", "/bin/sh", "-c", hide, "sh"] + command
    }
    let result = try Command.run(
      command[0], Array(command.dropFirst()), directory: "\(place)/here", environment: environment(place))
    let normalisation = Normalisation(scratch: place, hasOwnFileSystem: image != nil)
    try compare("exit", Array("\(result.status)\n".utf8), normalisation)
    try compare("stdout", result.output, normalisation)
    try compare("stderr", result.errors, normalisation)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: "\(place)/tmp").isEmpty,
      "\(name) leaves something in the directory for temporary files")
  }

  private func environment(_ place: String) -> [String: String] {
    var environment = [
      "PATH": Command.productDirectory + ":/usr/sbin:/usr/bin:/sbin:/bin", "NO_COLOR": "1", "TZ": "UTC",
      "LC_ALL": "C.UTF-8",
      "TMPDIR": "\(place)/tmp", "TERM": "xterm", "CASES": Self.root.path,
    ]
    // A clock of another day: faketime(1) works by these.
    for (name, value) in ProcessInfo.processInfo.environment where name == "LD_PRELOAD" || name.hasPrefix("FAKETIME") {
      environment[name] = value
    }
    return environment
  }

  private func compare(_ file: String, _ bytes: [UInt8], _ normalisation: Normalisation) throws {
    let url = directory.appendingPathComponent(file)
    let actual = normalisation.apply(bytes)
    if ProcessInfo.processInfo.environment["UPDATE_CASES"] != nil {
      guard FileSystemImage.isPossible else {
        Issue.record("\(name): expectations are written by the superuser, on a file system whose sizes are certain")
        return
      }
      try Data(actual.utf8).write(to: url)
      return
    }
    let written = (try? String(contentsOf: url, encoding: .utf8)) ?? "(no file \(file))"
    let expected = normalisation.withoutSizes(written)
    if actual != expected {
      Issue.record("\(name): \(file) differs\n--- expected\n\(expected)\n--- actual\n\(actual)")
    }
  }
}
