package import CachefilesFormat
package import CachefilesStore
import LinuxIO
import SystemPackage

/// One file on a mounted file system, as it was found: facts, nothing judged.
package struct ObservedFile: Sendable, Equatable {
  /// The path that was asked for, or below it in a tree.
  package var path: [UInt8]
  /// What was asked of the file.
  package var facts: FileFacts
  /// The mount that it is on; nil when the table of mounts does not have it.
  package var mount: MountEntry?

  /// Puts facts together.
  package init(path: [UInt8], facts: FileFacts, mount: MountEntry?) {
    self.path = path
    self.facts = facts
    self.mount = mount
  }
}

/// Where the facts of files come from: the system, or a record of what it once said.
package protocol FileFactSource: Sendable {
  /// What can be asked of one file. Symbolic links are followed.
  ///
  /// - Throws: ``StoreError`` when it does not exist or its server refuses.
  func file(_ path: [UInt8], in mounts: MountTable) throws(StoreError) -> ObservedFile

  /// Calls a closure for each regular file below a directory, on the same mount, from several threads.
  ///
  /// - Parameters:
  ///   - path: the directory.
  ///   - mounts: the mounts of this process.
  ///   - walk: is asked whether to go on, and told of failures.
  ///   - body: gets the number of the thread and the file.
  func forEachFile(
    below path: [UInt8], in mounts: MountTable, _ walk: TreeWalk,
    _ body: @escaping @Sendable (Int, ObservedFile) -> Void)

  /// The path of the file that has a handle, on the file system of a directory; nil when the system knows none, or the
  /// path does not lead to the file.
  func path(of handle: FileFacts.Handle, on directory: [UInt8]) -> [UInt8]?
}

/// How a tree is walked.
package struct TreeWalk: Sendable {
  /// The number of threads.
  package var threads: Int
  /// Whether to go into the directories below.
  package var isRecursive: Bool
  /// Whether to ask files for their status and nothing else.
  package var asksStatusOnly = false
  /// Whether to end: the caller waits no more, or has all that it wanted.
  package var isEnded: @Sendable () -> Bool
  /// Told that something moved, for each directory and file.
  package var step: @Sendable () -> Void
  /// Told of what could not be looked at.
  package var failed: @Sendable (StoreError) -> Void

  /// Describes a walk.
  package init(
    threads: Int, isRecursive: Bool = true, isEnded: @escaping @Sendable () -> Bool = { Interruption.signal != nil },
    step: @escaping @Sendable () -> Void = {}, failed: @escaping @Sendable (StoreError) -> Void
  ) {
    self.threads = threads
    self.isRecursive = isRecursive
    self.isEnded = isEnded
    self.step = step
    self.failed = failed
  }
}

/// The facts as the running system tells them.
///
/// A file is not opened for that and nothing of it is read: its status, on NFS its handle, on AFS two attributes.
package struct SystemFacts: FileFactSource {
  /// Makes a source.
  package init() {}

  /// What can be asked of one file.
  package func file(_ path: [UInt8], in mounts: MountTable) throws(StoreError) -> ObservedFile {
    do throws(Errno) {
      let file = try MountedFile(path: FilePath(bytes: path))
      let status = try file.status()
      let mount = file.resolvedPath.flatMap { mounts.entry(holding: $0) }
      return ObservedFile(path: path, facts: FileFacts(status, of: file, on: mount), mount: mount)
    } catch {
      throw StoreError(path: path, operation: "look at", error: error)
    }
  }
}

extension FileFacts {
  /// What the system tells of a file whose status is known.
  init(_ status: MountedStatus, of file: borrowing MountedFile, on mount: MountEntry?) {
    self.init(status)
    guard status.kind == .regular else { return }
    switch mount?.netfs {
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
    _ status: MountedStatus, of name: EntryName, in directory: borrowing OwnedDescriptor, on mount: MountEntry?
  ) throws(Errno) {
    switch mount?.netfs {
    case .afs where status.kind == .regular:
      let file = try MountedFile(name, in: directory)
      self.init(try file.status(), of: file, on: mount)
    case .nfs where status.kind == .regular:
      self.init(status)
      do throws(Errno) { take(try directory.mountedHandle(of: name)) } catch { handle = .failed(Self.words(error)) }
    default: self.init(status)
    }
  }

  private mutating func take(_ found: MountedHandle) { handle = .value(type: found.type, bytes: found.bytes) }

  /// What a status tells, and nothing else.
  init(_ status: MountedStatus) {
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
