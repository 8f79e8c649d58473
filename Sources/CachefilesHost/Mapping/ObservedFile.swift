// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
import CachefilesStore
package import LinuxIO
import SystemPackage

/// One file on a mounted file system, as it was found: facts, nothing judged.
package struct ObservedFile: Sendable, Equatable {
  /// The path that was asked for, or below it in a tree.
  package var path: [UInt8]
  /// What was asked of the file.
  package var facts: FileFacts
  /// The mount that it is on; nil when the table of mounts does not have it.
  let held: ObservedMount?

  /// The mount's line in the table of mounts.
  package var mount: MountEntry? { held?.entry }
  /// The network file system.
  package var netfs: NetfsType? { held?.netfs }

  /// Puts facts together.
  package init(path: [UInt8], facts: FileFacts, mount: MountEntry?) {
    self.init(path: path, facts: facts, on: mount.map(ObservedMount.init))
  }

  /// The same for one of many files on a mount.
  init(path: [UInt8], facts: FileFacts, on mount: ObservedMount?) {
    self.path = path
    self.facts = facts
    held = mount
  }
}

extension FileFacts {
  /// What the system tells of a file whose status is known.
  init(_ status: MountedStatus, of file: borrowing MountedFile, in netfs: NetfsType?) {
    self.init(status)
    guard status.kind == .regular else { return }
    switch netfs {
    case .nfs:
      do throws(Errno) { take(try file.handle()) } catch { handle = .failed(Self.words(error)) }
    case .afs:
      afsFile = Self.attribute("afs.fid", of: file)
      afsCell = Self.attribute("afs.cell", of: file)
    default: break
    }
  }

  /// What the system tells of an entry of a directory whose status is known. It is opened only where there is no other
  /// way to ask.
  init(
    _ status: MountedStatus, of name: EntryName, in directory: borrowing OwnedDescriptor, _ netfs: NetfsType?
  ) throws(Errno) {
    switch netfs {
    case .afs where status.kind == .regular:
      let file = try MountedFile(name, in: directory)
      self.init(try file.status(), of: file, in: netfs)
    case .nfs where status.kind == .regular:
      self.init(status)
      do throws(Errno) { take(try directory.mountedHandle(of: name)) } catch { handle = .failed(Self.words(error)) }
    default: self.init(status)
    }
  }

  private mutating func take(_ found: MountedHandle) { handle = .value(type: found.type, bytes: found.bytes) }

  /// What a status tells, and nothing else.
  package init(_ status: MountedStatus) {
    func moment(_ time: Timestamp) -> Moment {
      Moment(seconds: time.seconds, nanoseconds: time.nanoseconds)
    }
    self.init(
      fileType: status.kind.rawValue, device: MountDevice(major: status.deviceMajor, minor: status.deviceMinor),
      inode: status.inode, size: status.size, modified: moment(status.modified), changed: moment(status.changed),
      created: status.created.map(moment))
  }

  private static func attribute(_ name: StaticString, of file: borrowing MountedFile) -> Attribute {
    do throws(Errno) { return .value(try file.attribute(name)) } catch { return .failed("\(error)") }
  }

  /// Why there is no handle.
  private static func words(_ error: Errno) -> String {
    switch error {
    case .overflow:
      "it is longer than the \(NFSClientHandle.maximumLength) bytes that the system hands out, so that the server's "
        + "own has more than \(NFSClientHandle.longestServerHandle)"
    case .notSupportedOnSocket, .notSupported: "the file system has none"
    default: "\(error)"
    }
  }
}
