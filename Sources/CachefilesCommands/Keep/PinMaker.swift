// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesUpkeep
import LinuxIO
import Synchronization
import SystemPackage

/// Makes pins of paths on mounts: finds the objects of files, whether they exist or not.
final class PinMaker: Sendable {
  /// What came of a path.
  struct Answer {
    /// The pin; nil where nothing of it could be told.
    var pin: Pin?
    /// Whether all files have been found and have a place in the cache.
    var isWhole: Bool
  }

  private let survey: CachedFileSurvey
  private let failures: FailureLines

  init(_ mapping: MappingOptions, _ failures: FailureLines) throws(Failure) {
    self.failures = failures
    survey = CachedFileSurvey(
      try mapping.side(), try mapping.patience.source(), threads: mapping.patience.threadCount,
      timeout: mapping.patience.wait, failed: failures.add)
  }

  /// How many files and directories have been looked at.
  var count: Int { survey.count }

  /// Looks at a path.
  func pin(_ path: [UInt8]) -> Answer {
    let before = failures.count
    guard let isDirectory = survey.isDirectory(path) else {
      if failures.count == before { failures.note() }
      return Answer(pin: nil, isWhole: false)
    }
    let found = Guarded<[Pin.Object]>([])
    let reasons = Guarded<[String: (count: Int, first: [UInt8])]>([:])
    let slash = UInt8(ascii: "/")
    let start =
      isDirectory ? path.count + (path.last == slash ? 0 : 1) : (path.lastIndex(of: slash) ?? 0) + 1
    let isAnswered = survey.places(of: path) { mapping in
      let file = mapping.file.path
      // All places that the mount may use: which of them, the kernel knows.
      let objects = mapping.places.filter(\.isOwn).map {
        Pin.Object(path: CachedFileView.path($0.components), file: Array(file.dropFirst(start)))
      }
      if objects.isEmpty {
        let reason = mapping.verdict?.reason ?? "it has no place in the cache"
        reasons.withLock { $0[reason, default: (0, file)].count += 1 }
      }
      found.withLock { $0 += objects }
    }
    if !isAnswered, failures.count == before { failures.note() }
    for (reason, files) in reasons.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
      failures.note()
      let more = files.count > 1 ? " (and \(Quantity.count(files.count - 1)) more)" : ""
      StandardError.line("cachefiles: \(EscapedBytes.string(files.first))\(more): \(reason)")
    }
    let objects = found.withLock { $0 }.sorted { ($0.path).lexicographicallyPrecedes($1.path) }
    let isWhole = failures.count == before && Interruption.signal == nil
    if objects.isEmpty, !isWhole { return Answer(pin: nil, isWhole: false) }
    return Answer(pin: Pin(isDirectory ? .tree : .file, path: path, objects: objects), isWhole: isWhole)
  }

  /// The absolute form of a path, which a pin is known by. Links stay; what has `..` in it is asked of the kernel, since where
  /// that leads depends on links.
  static func absolute(_ path: [UInt8]) throws(Failure) -> [UInt8] {
    let slash = UInt8(ascii: "/")
    // Below a directory that was removed a path leads nowhere, and not to the root.
    guard let directory = path.first == slash ? [] : CurrentProcess.workingDirectory else {
      throw Failure("\(EscapedBytes.string(path)): the working directory was removed")
    }
    let whole = path.first == slash ? path : directory.appending(component: path)
    let parts = whole.split(separator: slash).filter { !$0.elementsEqual([UInt8(ascii: ".")]) }
    if whole.first != slash || parts.contains(where: { $0.elementsEqual(Array("..".utf8)) }) {
      do throws(Errno) {
        if let found = try MountedFile(path: FilePath(bytes: path)).resolvedPath { return found }
      } catch {
        throw Failure("\(EscapedBytes.string(path)): cannot find where it leads: \(error)")
      }
      throw Failure("\(EscapedBytes.string(path)): its absolute path is not known here")
    }
    return [slash] + parts.joined(separator: [slash])
  }
}
