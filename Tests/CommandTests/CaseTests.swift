import Foundation
import TestSupport
import Testing

/// Scripts that run the built program, compared with what was written down.
///
/// A case is a directory `Cases/<name>` with a script `cmd` and the expected `stdout`, `stderr` and `exit`. With
/// `UPDATE_CASES` in the environment the expectations are written instead; read what was written before committing it.
@Suite("Cases")
struct CaseTests {
  @Test("Case", arguments: GoldenCase.all.filter { $0.needs == nil })
  func run(golden: GoldenCase) throws { try golden.check() }

  @Test("Case that needs root", .enabled(if: geteuid() == 0), arguments: GoldenCase.all.filter { $0.needs == "root" })
  func runAsRoot(golden: GoldenCase) throws { try golden.check() }

  @Test(
    "Case that drops its privileges", .enabled(if: GoldenCase.canBecomeNobody),
    arguments: GoldenCase.all.filter { $0.needs == "nobody" })
  func runAsNobody(golden: GoldenCase) throws { try golden.check() }

  @Test("Every case has its expectations, and nothing else lies there")
  func completeness() throws {
    #expect(GoldenCase.all.count > 40)
    for golden in GoldenCase.all {
      let names = try FileManager.default.contentsOfDirectory(atPath: golden.directory.path).sorted()
      #expect(names == ["cmd", "exit", "stderr", "stdout"], "\(golden)")
      #expect(golden.needs == nil || ["root", "nobody"].contains(golden.needs), "\(golden)")
    }
  }
}

/// One case.
struct GoldenCase: CustomTestStringConvertible, CustomStringConvertible, Sendable {
  let name: String

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Cases")

  static let all: [GoldenCase] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    return names.sorted().filter { FileManager.default.fileExists(atPath: "\(root.path)/\($0)/cmd") }
      .map { GoldenCase(name: $0) }
  }()

  /// Whether a process can become another user that can run the program and use a scratch directory.
  static let canBecomeNobody: Bool = {
    guard geteuid() == 0 else { return false }
    let arguments = ["--reuid=65534", "--regid=65534", "--clear-groups", Command.productDirectory + "/cachefiles"]
    return (try? Command.run("/usr/bin/setpriv", arguments + ["--version"]))?.status == 0
  }()

  var description: String { name }
  var testDescription: String { name }
  var directory: URL { Self.root.appendingPathComponent(name) }

  /// What the case needs: the word after `# needs:` in its script.
  var needs: String? {
    let script = (try? String(contentsOf: directory.appendingPathComponent("cmd"), encoding: .utf8)) ?? ""
    let line = script.split(separator: "\n").first { $0.hasPrefix("# needs: ") }
    return line.map { String($0.dropFirst(9)) }
  }

  /// Runs the script and compares, or writes.
  func check() throws {
    let scratch = ScratchDirectory()
    try scratch.makeDirectory("tmp")
    try scratch.makeDirectory("here")
    var environment = [
      "PATH": Command.productDirectory + ":/usr/sbin:/usr/bin:/sbin:/bin", "NO_COLOR": "1", "TZ": "UTC", "LC_ALL": "C",
      "TMPDIR": "\(scratch.path)/tmp", "TERM": "dumb", "CASES": Self.root.path,
    ]
    // A clock of another day: faketime(1) works by these.
    for (name, value) in ProcessInfo.processInfo.environment where name == "LD_PRELOAD" || name.hasPrefix("FAKETIME") {
      environment[name] = value
    }
    let script = directory.appendingPathComponent("cmd").path
    let result = try Command.run(
      "/usr/bin/timeout", ["120", "/bin/sh", "-c", "umask 022; . \"$CASES/lib.sh\"; . \"$1\"", "sh", script],
      directory: "\(scratch.path)/here", environment: environment)
    try compare("exit", "\(result.status)\n")
    try compare("stdout", Normalisation.apply(result.output, scratch: scratch.path))
    try compare("stderr", Normalisation.apply(result.errors, scratch: scratch.path))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/tmp").isEmpty,
      "\(name) leaves something in the directory for temporary files")
  }

  private func compare(_ file: String, _ actual: String) throws {
    let url = directory.appendingPathComponent(file)
    if ProcessInfo.processInfo.environment["UPDATE_CASES"] != nil {
      try Data(actual.utf8).write(to: url)
      return
    }
    let expected = (try? String(contentsOf: url, encoding: .utf8)) ?? "(no file \(file))"
    if actual != expected {
      Issue.record("\(name): \(file) differs\n--- expected\n\(expected)\n--- actual\n\(actual)")
    }
  }
}

/// Takes out of an output what depends on the machine.
enum Normalisation {
  static func apply(_ bytes: [UInt8], scratch: String) -> String {
    guard var text = String(validating: bytes, as: UTF8.self) else { return "not UTF-8: \(bytes)\n" }
    text = text.replacingOccurrences(of: scratch, with: "$DIR")
    for (pattern, template) in patterns {
      text = text.replacingOccurrences(of: pattern, with: template, options: .regularExpression)
    }
    return text
  }

  /// Allocated space depends on the file system, its size and type on the machine; inode numbers and process numbers too.
  private static let patterns: [(String, String)] = [
    ("(?m)^  (file system|space      |files      ) .*$", "  $1 <machine>"),
    ("(\"file_system\": )\\{[^}]*\\}", "$1{<machine>}"),
    ("(\"limits\": )\\{[^}]*\\}", "$1{<machine>}"),
    ("(\"(disk_bytes|graveyard_bytes|foreign_bytes|inode)\": ?)[0-9]+", "$1<machine>"),
    ("(?m)^(  disk usage  )[0-9.]+ [KMGT]?i?B ", "$1<disk> "),
    ("(?m)^(  on disk +)[0-9.]+ [KMGT]?i?B allocated", "$1<disk> allocated"),
    ("(?m)^ *[0-9.]+ [KMGT]?i?B  [█▉▊▋▌▍▎▏ ]{10}  ", "<disk>  <bar>  "),
    ("(?m)^( *[0-9]+ (s|min|h|d|y)) +[0-9.]+ [KMGT]?i?B  ", "$1  <disk>  "),
    ("(?m)^ +DISK +OBJECTS", "  DISK             OBJECTS"),
    ("(?m)^ *[0-9.]+ [KMGT]?i?B +<?[0-9.]+ %  [█▉▊▋▌▍▎▏ ]{10}", "<disk>  <share>  <bar>"),
    ("(?m)^ +(DISK|LENGTH) +SHARE +OBJECTS", "  $1  SHARE  OBJECTS"),
    ("(?m)^ *[0-9.]+ [KMGT]?i?B {12,}", "<disk>              "), ("[0-9.]+ [KMGT]?i?B on disk", "<disk> on disk"),
    ("([█▉▊▋▌▍▎▏ ]{40}) +[0-9.]+ [KMGT]?i?B\n", "$1  <disk>\n"), (" +DISK\n", "  DISK\n"),
    ("(entries, )[0-9.]+ [KMGT]?i?B$", "$1<disk>"),
    ("(?m)^([A-Z][0-9]{2} [a-z]+  .*: [0-9 ]+), [0-9.]+ [KMGT]?i?B$", "$1, <disk>"),
    ("(?m)^(  available +)[0-9.]+ [KMGT]?i?B.*$", "$1<machine>"),
    ("(\"(oldest|newest)_ns\": ?)[0-9]+", "$1<time>"),
    ("(\"available_bytes(_before|_after)?\": ?)[0-9]+", "$1<machine>"),
    ("(objects?, )[0-9.]+ [KMGT]?i?B (would go|removed)", "$1<disk> $2"),
    ("[0-9.]+ [KMGT]?i?B affected", "<disk> affected"), ("(?m), [0-9.]+ s$", ", <time>"),
    ("(\"(affected_bytes|duration_ns)\": ?)[0-9]+", "$1<machine>"),
    ("(\"freed_bytes\": ?)[0-9]+", "$1<machine>"), ("[0-9.]+ [KMGT]?i?B (freed|purged)", "<disk> $1"),
    ("(would be purged, )[0-9.]+ [KMGT]?i?B", "$1<disk>"),
    ("(?m)^ +([0-9.]+ [KMGT]?i?B|DISK) +(([0-9]+|OBJECTS) +([0-9]+|DIRTY)  )", "  <disk>  $2"),
    ("(?m)^(file system\n  ok        ).*$", "$1<machine>"), ("(?m)^(  ok        (blocks|files): ).*$", "$1<machine>"),
    ("cachefiles-demo-[A-Za-z0-9]+", "cachefiles-demo-<unique>"),
  ]
}
