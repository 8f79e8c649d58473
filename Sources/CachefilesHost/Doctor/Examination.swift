// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
package import CachefilesStore
package import LinuxIO
package import SystemPackage

/// Everything that the doctor looks at, read first and judged afterwards (``Diagnosis``). It changes nothing and writes
/// nothing, not even a file without a name: what a file system can do is told by its type and its options.
package struct Examination: Sendable {
  /// Where things are read.
  package struct Sources: Sendable {
    /// `/proc`, or a saved copy of it.
    package var proc: FilePath = KernelView.defaultDirectory
    /// `/dev`; nil to leave the device alone.
    package var devices: FilePath? = "/dev"
    /// The daemon's configuration.
    package var configuration: FilePath = DaemonConfiguration.defaultPath
    /// What should be mounted; nil to leave it alone.
    package var fstab: FilePath? = "/etc/fstab"
    /// Where the kernel's configuration lies; nil to leave it alone.
    package var boot: FilePath? = "/boot"
    /// Where SELinux shows that it runs; nil to leave it alone.
    package var security: FilePath? = "/sys/fs/selinux"
    /// A log to read, `-` for standard input; nil for none.
    package var log: FilePath?
    /// Whether to read the kernel's own log.
    package var readsKernelLog = false
    /// Where that is.
    package var kernelLog = KernelLog.defaultPath
    /// Whether to walk over the directory in search of what makes cachefilesd end.
    package var walks = true
    /// Whether `proc` is that of the running kernel: only then the directory itself is asked whether a kernel holds it.
    package var isRunningKernel: Bool { proc == KernelView.defaultDirectory }

    /// Those of the running system.
    package init() {}
  }

  /// What was found of the directory.
  package enum Directory: Sendable, Equatable {
    /// A cache.
    case cache
    /// A directory without `cache` in it, and what is missing.
    case notACache(String)
    /// Something else stands in the place of `cache` or of the graveyard.
    case damaged(String)
    /// There is none.
    case missing
    /// It cannot be read.
    case unreadable(String)
  }

  /// What was found of the configuration.
  package enum Configuration: Sendable, Equatable {
    /// It was read.
    case read(DaemonConfiguration)
    /// There is none.
    case missing
    /// It cannot be read.
    case unreadable(String)
  }

  /// The limits of the configuration, the kernel's own where there is none.
  package var percentages: CullPercentages {
    guard case .read(let configuration) = configuration else { return CullPercentages() }
    return daemon?.isOfThisPackage == true ? configuration.meantPercentages : configuration.percentages
  }

  /// The process that has the device open.
  package struct Daemon: Sendable, Equatable {
    /// Its number.
    package var process: Int
    /// The name of its program; nil where that cannot be told.
    package var program: [UInt8]?
    /// The directory that its configuration names; nil where that cannot be told.
    package var directory: [UInt8]?
    /// Whether that is the directory that was asked about; nil where it cannot be told.
    package var isSameDirectory: Bool?

    /// Whether it is `cachefiles-daemon`.
    package var isOfThisPackage: Bool { program.map(CacheDaemon.isOfThisPackage) ?? false }

    /// `cachefilesd (pid 812)`, as all commands name it.
    package var words: String { CacheDaemon(process: process, name: program ?? []).description }
  }

  /// What a walk over the directory came across.
  package struct Walk: Sendable, Equatable {
    /// Special files in `cache`.
    package var special = Sightings()
    /// What something is mounted on, outside the graveyard.
    package var mounted = Sightings()
    /// What cannot be removed from the graveyard.
    package var stuck = Sightings()
    /// How many entries could not be looked at.
    package var failures = 0
    /// Whether it was ended by a signal.
    package var isCancelled = false
  }

  /// The directory as it was named.
  package var root: [UInt8]
  /// The configuration's path.
  package var configurationPath: [UInt8]
  /// The release of the kernel; nil when a copy of `/proc` does not tell.
  package var kernel: KernelRelease?
  /// Whether all this comes from the running kernel.
  package var isRunningKernel = true
  /// Whether the module is there, by `/proc/misc`; nil when that cannot be told.
  package var hasModule: Bool?
  /// Whether `/dev/cachefiles` exists; nil when it was not looked for.
  package var hasDevice: Bool?
  /// Who has the device open; nil when nobody, or nobody that can be seen.
  package var daemon: Daemon?
  /// Whether all processes could be asked for the device.
  package var hasAskedProcesses = false
  /// What the kernel tells.
  package var view: KernelView
  /// The directory.
  package var directory: Directory = .missing
  /// Whether the running kernel holds it.
  package var liveness: Liveness = .unknown("not asked")
  /// The file system that it is on.
  package var fileSystem: FileSystemStatus?
  /// The mount that it is on.
  package var mount: MountEntry?
  /// Whether the file system gave an answer when it was asked for a user attribute; nil when it was not asked.
  package var hasAttributes: Bool?
  /// The size of a page of memory in bytes.
  package var pageSize = FileSystemStatus.pageSize
  /// The configuration.
  package var configuration: Configuration = .missing
  /// What the walk came across; nil when there was none.
  package var walk: Walk?
  /// Whether the configuration names this directory, however both are written; nil when one of them does not exist.
  package var isConfiguredDirectory: Bool?
  /// Whether the directory is the one that this machine is to cache in; false for a copy.
  package var isCacheOfThisMachine = true
  /// Whether SELinux runs; nil when it was not asked.
  package var hasSELinux: Bool?
  /// How the kernel was built; nil when that cannot be told.
  package var kernelConfiguration: KernelConfiguration?
  /// What fstab asks for.
  package var fstab: [FstabLine] = []
  /// The keys of the volumes in the directory.
  package var volumeKeys: [[UInt8]] = []
  /// What the log says; nil when none was read.
  package var log: LogDigest?
  /// Why the log cannot be read.
  package var logFailure: (path: [UInt8], reason: String)?

  /// Looks at everything.
  ///
  /// - Parameters:
  ///   - path: the directory; nil for that of the configuration, else the usual one.
  ///   - sources: where things are read.
  package init(_ path: FilePath? = nil, _ sources: Sources = Sources()) {
    configurationPath = sources.configuration.bytes
    isRunningKernel = sources.isRunningKernel
    configuration = Self.configuration(sources.configuration)
    var root = path
    if root == nil, case .read(let read) = configuration, let named = read.directory { root = FilePath(bytes: named) }
    let rootPath = root ?? DaemonConfiguration.defaultDirectory
    self.root = rootPath.bytes
    view = KernelView(directory: sources.proc)
    lookAtKernel(sources)
    lookAtMachine(sources)
    lookAtDirectory(rootPath, sources)
    readLog(sources)
  }

  private static func configuration(_ path: FilePath) -> Configuration {
    do throws(StoreError) {
      return try DaemonConfiguration.read(path).map { .read($0) } ?? .missing
    } catch {
      return error.error == .notDirectory ? .missing : .unreadable("cannot read: \(error.error)")
    }
  }

  private mutating func lookAtKernel(_ sources: Sources) {
    if let release = KernelView.release(of: sources.proc) { kernel = release }
    if let text = try? SmallFile.read(sources.proc.appending("misc")) {
      let name = Array("cachefiles".utf8)
      hasModule = text.split(separator: 10).contains { $0.split(separator: 32).last.map { Array($0) } == name }
    }
    if let devices = sources.devices {
      hasDevice = (try? FileStatus.of(devices.appending("cachefiles"))) != nil
    }
    do throws(Errno) {
      if let process = try LivenessSources(processes: sources.proc).holders().first?.process {
        daemon = Daemon(
          process: process, program: Self.program(process, sources.proc),
          directory: Self.directory(of: process, sources.proc))
      }
      hasAskedProcesses = true
    } catch {
      hasAskedProcesses = false
    }
  }

  /// The name of a process's program.
  private static func program(_ process: Int, _ proc: FilePath) -> [UInt8]? {
    guard let text = try? SmallFile.read(proc.appending("\(process)/comm")) else { return nil }
    return text.last == 10 ? Array(text.dropLast()) : text
  }

  /// The directory of cachefilesd or its successor, by its arguments and the configuration that they name.
  private static func directory(of process: Int, _ proc: FilePath) -> [UInt8]? {
    guard let text = try? SmallFile.read(proc.appending("\(process)/cmdline")) else { return nil }
    let words = text.split(separator: 0).map { Array($0) }
    guard let program = words.first?.split(separator: UInt8(ascii: "/")).last.map({ Array($0) }) else { return nil }
    let isOurs = program == Array("cachefiles-daemon".utf8) || words.dropFirst().first == Array("daemon".utf8)
    guard isOurs || program == Array("cachefilesd".utf8) else { return nil }
    var path = DaemonConfiguration.defaultPath
    for (index, word) in words.enumerated().dropFirst() where word.starts(with: Array("-f".utf8)) {
      let attached = Array(word.dropFirst(2))
      let named = attached.isEmpty && index + 1 < words.count ? words[index + 1] : attached
      // A path that is not absolute belongs to a directory that the daemon has left.
      guard named.first == UInt8(ascii: "/") else { return nil }
      path = FilePath(bytes: named)
    }
    guard case .read(let configuration) = configuration(path) else { return nil }
    return isOurs ? configuration.meantDirectory?.bytes : configuration.directory
  }
}
