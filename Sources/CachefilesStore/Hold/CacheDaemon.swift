// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO
import SystemPackage

/// The process that holds `/dev/cachefiles`.
package struct CacheDaemon: Equatable, Sendable, CustomStringConvertible {
  /// Its number.
  package var process: Int
  /// Its name, as `/proc/PID/comm` has it: at most 15 bytes; empty when it cannot be read.
  package var name: [UInt8]

  /// Daemons that fill objects on demand, by the beginnings of their names: Nydus and its snapshotters, Styx.
  private static let onDemandNames = ["nydusd", "nydus-", "containerd-nydu", "styx"]

  /// Names a process.
  package init(process: Int, name: [UInt8]) {
    self.process = process
    self.name = name
  }

  init(process: Int, proc: FilePath) {
    self.process = process
    do throws(Errno) {
      let text = try SmallFile.read(proc.appending("\(process)").appending("comm"), limit: 256)
      name = Array(text.prefix { $0 != UInt8(ascii: "\n") })
    } catch {
      name = []
    }
  }

  /// Whether it is `cachefiles-daemon`, by the name that this gives itself; `comm` has 15 bytes of it.
  package var isOfThisPackage: Bool { Self.isOfThisPackage(name) }

  /// The same of a name.
  package static func isOfThisPackage(_ name: [UInt8]) -> Bool { name == Array("cachefiles-daemon".utf8.prefix(15)) }

  /// Whether it is known to bind its cache in on-demand mode.
  var isKnownOnDemand: Bool { Self.onDemandNames.contains { name.starts(with: Array($0.utf8)) } }

  /// `cachefilesd (pid 812)`.
  package var description: String {
    name.isEmpty ? "process \(process)" : "\(EscapedBytes.string(name)) (pid \(process))"
  }
}

extension CacheDaemon {
  private static let ownNames = ["cachefiles", "cachefiles-cull", "cachefiles-fsck"].map { Array($0.utf8) }

  /// Whether it is a program of this package other than its daemon, by its name.
  var isOneOfOurs: Bool { Self.ownNames.contains(name) }
}

extension LivenessSources {
  /// The process that has the device open; nil when none has, several have, or it cannot be told. A program of this package
  /// that borrows it is not meant.
  package var daemon: CacheDaemon? {
    do throws(Errno) {
      let daemons = try holders().map { CacheDaemon(process: $0.process, proc: processes) }
      if daemons.count == 1 { return daemons.first }
      let others = daemons.filter { !$0.isOneOfOurs }
      return others.count == 1 ? others.first : nil
    } catch {
      return nil
    }
  }
}
