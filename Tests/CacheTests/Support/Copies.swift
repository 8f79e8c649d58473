// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep
import Foundation
import LinuxIO
import SystemPackage
import TestSupport

/// What one copy came to.
struct CopyResult {
  var report: CopyReport
  var failures: [StoreError]
  var skips: [CopySkip]
  var mismatches: [String]

  /// What was left out, in words.
  var skipped: [String] { skips.map { "\($0.reason.rawValue): \($0.words)" }.sorted() }
}

extension ScratchDirectory {
  /// Copies the cache below this directory.
  func copy(
    _ name: String = "cache-root", to destination: String = "copy", change: (inout CopyOptions) -> Void = { _ in }
  ) throws -> CopyResult {
    let failures = Collector<StoreError>()
    let skips = Collector<CopySkip>()
    let mismatches = Collector<String>()
    var options = CopyOptions()
    options.threads = 3
    options.synchronizes = false
    options.onFailure = { failures.add($0) }
    options.onSkip = { skips.add($0) }
    options.onMismatch = { mismatches.add("\(EscapedBytes.string($0)): \($1)") }
    change(&options)
    let report = try CacheCopy(from: path(name), to: path(destination), options).run()
    return CopyResult(report: report, failures: failures.all, skips: skips.all, mismatches: mismatches.all)
  }

  /// Everything below `cache` that a copy has to keep, a line for each entry.
  func portrait(_ name: String) -> [String] {
    let root = "\(path)/\(name)/cache"
    return NaiveWalk.entries(root).filter { !$0.path.isEmpty }.map { entry in
      let full = Array(root.utf8) + [UInt8(ascii: "/")] + entry.path
      let file = String(decoding: full, as: UTF8.self)
      let content = entry.isRegular ? "\(entry.size) \(NaiveWalk.extents(file)) \(NaiveWalk.contentSum(file))" : ""
      return "\(EscapedBytes.string(entry.path)) \(String(entry.mode, radix: 8)) \(entry.owner):\(entry.group) "
        + "\(entry.accessTime) \(entry.modificationTime) "
        + "\(NaiveWalk.attribute(full).map { Hex.string($0) } ?? "-") \(content)"
    }
  }

  /// The paths of the objects of a cache, in order.
  func objects(_ name: String = "cache-root") -> [String] {
    let root = "\(path)/\(name)/cache"
    return NaiveWalk.entries(root).filter { $0.isRegular && $0.components.count == 3 }
      .map { "\(root)/\(String(decoding: $0.path, as: UTF8.self))" }
  }

  /// What stands in the root directory of a copy, and in its graveyard.
  func parts(_ name: String = "copy") -> [String] {
    ["\(path)/\(name)", "\(path)/\(name)/graveyard"].flatMap {
      ((try? FileManager.default.contentsOfDirectory(atPath: $0)) ?? []).sorted()
    }
  }
}

/// Writing objects byte by byte.
enum ObjectFile {
  /// Gives a file a length and runs of bytes that are not zero; the rest is hole. Puts the times back if asked.
  static func rewrite(_ path: String, size: Int64, runs: [[Int64]], keepingTime: Bool = false) {
    var status = stat()
    precondition(stat(path, &status) == 0)
    let descriptor = open(path, O_RDWR)
    defer {
      if keepingTime { futimens(descriptor, [status.st_atim, status.st_mtim]) }
      close(descriptor)
    }
    precondition(ftruncate(descriptor, 0) == 0 && ftruncate(descriptor, off_t(size)) == 0)
    for run in runs {
      let bytes = (0..<run[1]).map { UInt8(truncatingIfNeeded: $0 % 251 + 1) }
      precondition(pwrite(descriptor, bytes, bytes.count, off_t(run[0])) == bytes.count)
    }
  }

  /// Leaves of the data of a file these runs, and holes elsewhere, with its time.
  static func keep(_ path: String, runs: [[Int64]]) {
    var status = stat()
    precondition(stat(path, &status) == 0)
    let descriptor = open(path, O_RDWR)
    defer { close(descriptor) }
    let kept = runs.map { run in
      var bytes = [UInt8](repeating: 0, count: Int(run[1]))
      precondition(pread(descriptor, &bytes, bytes.count, off_t(run[0])) == bytes.count)
      return bytes
    }
    precondition(ftruncate(descriptor, 0) == 0 && ftruncate(descriptor, status.st_size) == 0)
    for (run, bytes) in zip(runs, kept) {
      precondition(pwrite(descriptor, bytes, bytes.count, off_t(run[0])) == bytes.count)
    }
    futimens(descriptor, [status.st_atim, status.st_mtim])
  }

  /// Overwrites bytes in place, and puts the modification time back if asked.
  static func overwrite(_ path: String, at offset: Int64, _ bytes: [UInt8], keepingTime: Bool = true) {
    var status = stat()
    precondition(stat(path, &status) == 0)
    let descriptor = open(path, O_RDWR)
    defer { close(descriptor) }
    precondition(pwrite(descriptor, bytes, bytes.count, off_t(offset)) == bytes.count)
    if keepingTime {
      let times = [status.st_atim, status.st_mtim]
      futimens(descriptor, times)
    }
  }
}
