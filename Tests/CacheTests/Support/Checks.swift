// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesSamples
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport

@testable import CachefilesCheck

/// What one check came to.
struct CheckResult {
  var report: CheckReport
  var findings: [Finding]
  var failures: [StoreError]

  /// How many findings there are of each problem.
  var counts: [ProblemID: Int] { Dictionary(findings.map { ($0.id, 1) }, uniquingKeysWith: +) }
  /// The problems that are more than notes.
  var problems: Set<ProblemID> { Set(findings.filter { $0.severity > .note }.map(\.id)) }
  /// What can be compared: threads come across entries in any order.
  var essence: [String] {
    findings.map { "\($0.id.rawValue) \(EscapedBytes.string($0.path)) \($0.message) \($0.isRepaired)" }.sorted()
  }
}

extension ScratchDirectory {
  /// Checks the cache below this directory, or repairs it with the given consent.
  func check(
    _ name: String = "cache-root", _ consent: CheckPolicy.Consent = .none, journal: String = "journal",
    change: (inout CheckOptions) -> Void = { _ in }
  ) throws -> CheckResult {
    let findings = Collector<Finding>()
    let failures = Collector<StoreError>()
    var options = CheckOptions(now: Self.now)
    options.policy.consent = consent
    // The kernel with all problems: EROFS volumes are left over there.
    options.kernel = KernelRelease(7, 2)
    options.isThorough = true
    options.threads = 2
    options.onFinding = { findings.add($0) }
    options.onFailure = { failures.add($0) }
    if options.policy.repairs { options.journal = path(journal) }
    change(&options)
    let report = try CacheCheck(options).run(Store(damaged: path(name)))
    return CheckResult(report: report, findings: findings.all, failures: failures.all)
  }

  /// Changes the lines of a journal, and gives them the sums that a program would have given them which meant it so.
  func editJournal(_ journal: String = "journal", _ change: (String) -> String) throws {
    let file = "\(path)/\(journal)"
    var sum = JournalSum()
    let bytes = change(try String(contentsOfFile: file, encoding: .utf8)).split(separator: "\n").flatMap { line in
      sum.line(Array(line.replacing(/,"sum":"[0-9a-f]{8}"}/, with: "}").utf8))
    }
    // In place: nobody else may write to it.
    try Data(bytes).write(to: URL(filePath: file))
  }

  /// Takes a repair back.
  func undo(_ journal: String = "journal", _ name: String = "cache-root") throws -> Undo.Report {
    try Undo(journal: path(journal)).run(in: Store(damaged: path(name))) { _ in }
  }

  /// Now, by the clock that sets the times of files.
  static var now: Timestamp { .ofKernel }

  /// Everything about the cache below this directory that a repair could change and an undo has to bring back.
  func snapshot(_ name: String = "cache-root") throws -> [String] {
    let root = "\(path)/\(name)"
    return try NaiveWalk.entries(root).map { entry in
      let full = Array(root.utf8) + (entry.path.isEmpty ? [] : [UInt8(ascii: "/")] + entry.path)
      let file = String(decoding: full, as: UTF8.self)
      let attribute = NaiveWalk.attribute(full).map { Hex.string($0) } ?? "-"
      var content = ""
      if entry.isRegular {
        content = "\(NaiveWalk.extents(file)) \(NaiveWalk.contentSum(file))"
      }
      let flags = entry.isRegular || entry.isDirectory ? try Flags.of(file) : 0
      return "\(EscapedBytes.string(entry.path)) \(entry.inode) \(entry.mode) \(entry.size) \(entry.links) "
        + "\(entry.owner):\(entry.group) \(entry.accessTime) \(entry.modificationTime) \(attribute) \(flags) \(content)"
    }
  }

  /// A small cache that has nothing wrong with it, and then these damages.
  func makeDamaged(_ ids: [ProblemID], _ name: String = "cache-root") throws {
    try makeCache(name, objects: 3)
    for directory in ["", "/cache", "/graveyard", "/cache/I9p,p9src,hosttag"] {
      chmod("\(path)/\(name)\(directory)", 0o700)
    }
    try tidyModes(name)
    try Damage.apply(ids.compactMap(Damage.of), to: path(name), now: Self.now)
  }

  /// Gives everything in a cache the modes that the kernel gives.
  func tidyModes(_ name: String) throws {
    for entry in NaiveWalk.entries("\(path)/\(name)") {
      chmod("\(path)/\(name)/" + String(decoding: entry.path, as: UTF8.self), entry.isDirectory ? 0o700 : 0o600)
    }
  }

  /// Takes away flags that keep a tree from being removed.
  func clearFlags(_ name: String = "cache-root") {
    for entry in NaiveWalk.entries("\(path)/\(name)") where entry.isDirectory || entry.isRegular {
      Flags.clear("\(path)/\(name)/" + String(decoding: entry.path, as: UTF8.self))
    }
  }
}

/// Inode flags by path.
enum Flags {
  /// FS_IOC_GETFLAGS and FS_IOC_SETFLAGS.
  private static let (get, put): (UInt, UInt) = (0x8008_6601, 0x4008_6602)

  /// The flags, asked without this package.
  static func of(_ path: String) throws -> UInt32 {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | 0o1000000)
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    defer { close(descriptor) }
    var flags: UInt32 = 0
    // The kernel writes 32 bits. Some file systems have no flags.
    guard ioctl(descriptor, get, &flags) == 0 else { return 0 }
    return flags
  }

  /// Sets a flag.
  static func set(_ path: String, _ flag: InodeFlags) {
    guard let last = FilePath(path).lexicallyNormalized().lastComponent, let name = EntryName(Array(last.string.utf8)),
      let parent = try? OwnedDescriptor(directory: FilePath(path).lexicallyNormalized().removingLastComponent()),
      let entry = try? parent.open(name, .inspect), let flags = try? entry.inodeFlags()
    else { return }
    try? entry.setInodeFlags(flags.union(flag))
  }

  /// Takes away the flags that keep an entry from being removed.
  static func clear(_ path: String) {
    let protecting = InodeFlags.immutable.union(.appendOnly).rawValue
    guard let flags = try? of(path), flags & protecting != 0 else { return }
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var left = flags & ~protecting
    _ = ioctl(descriptor, put, &left)
  }
}
