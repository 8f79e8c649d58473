// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO

extension JSONWriter {
  /// The working directory; a program stays in the one that it was started in.
  private static let workingDirectory = CurrentProcess.workingDirectory

  /// Writes the cache that something is about, as `root`: the same whatever directory the program was started in, so that together
  /// with the machine it names the cache.
  mutating func root(_ path: [UInt8]) { bytes("root", Self.absolute(path, below: Self.workingDirectory)) }

  /// A path from the top, as it was given but for what a relative one lacks: links in it are not followed.
  ///
  /// - Parameter directory: where relative paths begin; nil when it is not known: then they stay as they are.
  static func absolute(_ path: [UInt8], below directory: [UInt8]?) -> [UInt8] {
    let (slash, dot) = (UInt8(ascii: "/"), UInt8(ascii: "."))
    guard path.first != slash, let directory else { return path }
    return path.split(separator: slash).filter { $0 != [dot] }.reduce(directory) { $0.appending(component: Array($1)) }
  }
}
