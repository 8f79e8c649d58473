// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Where journals and pins go unless the user says otherwise: never inside a cache.
enum StateDirectory {
  /// `/var/lib/cachefiles-toolkit` for root; below `XDG_STATE_HOME`, or `~/.local/state`, for others.
  ///
  /// - Parameter other: what the user can do without it.
  /// - Throws: ``Failure`` for another user whose home is not known: pins that cannot be looked for are not none.
  static func path(orElse other: String) throws(Failure) -> FilePath {
    if CurrentProcess.user == 0 { return "/var/lib/cachefiles-toolkit" }
    if let state = variable("XDG_STATE_HOME") { return state.appending("cachefiles-toolkit") }
    guard let home = variable("HOME") else {
      throw Failure("the state directory is not known: neither HOME nor XDG_STATE_HOME is an absolute path; \(other)")
    }
    return home.appending(".local/state/cachefiles-toolkit")
  }

  /// Whether a directory in it, or one above, is a link to what is not there, such as a disk that is not mounted: what it holds is
  /// not known then.
  static func isLinkToNothing(_ directory: FilePath) -> Bool {
    var path = directory
    while !path.components.isEmpty {
      if (try? FileStatus.of(path)) != nil { return false }
      if path.isSymbolicLink { return true }
      path = path.removingLastComponent()
    }
    return false
  }

  /// The path of a new journal. The directory is made where it is missing.
  static func newJournal(for command: String) throws(Failure) -> FilePath {
    let path = try path(orElse: "--journal names a file")
    try make(path)
    let moment = Quantity.time(Timestamp.now.wholeSecond)
    let stamp = moment.filter { $0.isNumber }
    return path.appending("\(command)-\(stamp)-\(CurrentProcess.identifier).journal")
  }

  /// Makes a directory there, for the user alone, and those above it, where they are missing; nothing in a cache.
  static func make(_ path: FilePath) throws(Failure) {
    if try isInCache(path) {
      throw Failure("\(EscapedBytes.string(path.bytes)): the state directory lies in a cache, where nothing is written")
    }
    try make(path, andAbove: true)
  }

  /// Whether a directory, or the first above it that is there, lies in a cache.
  private static func isInCache(_ path: FilePath) throws(Failure) -> Bool {
    var place = path
    while true {
      let directory: OwnedDescriptor
      do throws(Errno) { directory = try OwnedDescriptor(directory: place, keepsAccessTime: false) } catch {
        let above = place.removingLastComponent()
        // What cannot be opened fails when it is to be made.
        guard error == .noSuchFileOrDirectory, above != place, !above.isEmpty else { return false }
        place = above
        continue
      }
      do throws(Errno) { return try Containment.isInSomeCache(directory) } catch {
        throw Failure("\(EscapedBytes.string(place.bytes)): it cannot be told whether it lies in a cache: \(error)")
      }
    }
  }

  /// - Parameter andAbove: whether what is above it is made; once that is there, or is a link to nothing, there is no second try.
  private static func make(_ path: FilePath, andAbove: Bool) throws(Failure) {
    do throws(Errno) {
      _ = try OwnedDescriptor.makeDirectory(path: path, permissions: 0o700)
    } catch {
      let parent = path.removingLastComponent()
      guard error == .noSuchFileOrDirectory, andAbove, parent != path, !parent.isEmpty else {
        throw Failure("\(EscapedBytes.string(path.bytes)): cannot make the directory: \(error)")
      }
      try make(parent, andAbove: true)
      try make(path, andAbove: false)
    }
  }

  private static func variable(_ name: String) -> FilePath? {
    guard let value = Environment.path(name), value.isAbsolute else { return nil }
    return value
  }
}
