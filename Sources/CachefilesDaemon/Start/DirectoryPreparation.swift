// SPDX-License-Identifier: Apache-2.0
import CachefilesCheck
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Looks at the directory before the kernel is asked: what the kernel answers with a number is said in words here.
struct DirectoryPreparation {
  let path: FilePath
  let log: DaemonLog

  /// Sees to it that the kernel can bind the directory, as far as that can be known.
  func run() throws(StartFailure) {
    let root = try open()
    let name = EscapedBytes.string(path.bytes)
    do {
      let status = try root.status()
      if let flag = status.protectingFlag {
        throw StartFailure("\(name): it is \(flag): run 'chattr -i -a' on it")
      }
      let fileSystem = try root.fileSystem()
      let (trial, failure) = FileSystemTrial.run(in: root)
      let refusal = fileSystem.refusal(by: .running).map { "\(fileSystem.typeName) is \($0)" }
      let reasons = trial.reasonsAgainst(fileSystem, pageSize: FileSystemStatus.pageSize)
      if let reason = refusal ?? reasons.first {
        throw StartFailure("\(name): no kernel binds a cache here: \(reason); use a directory on ext4, xfs or btrfs")
      }
      if trial == .holesAreData {
        log.warning(
          "\(name): \(fileSystem.typeName) says that holes are data: readers may get zeros instead of their files")
      }
      if let (step, error) = failure { log.warning("\(name): cannot \(step): \(error)") }
      if fileSystem.hasNoAccessTimes {
        log.warning("\(name): mounted without access times: what is culled first is what was made first")
      }
    } catch let error as StartFailure {
      throw error
    } catch {
      throw StartFailure("\(name): cannot look at it: \(error)")
    }
  }

  private func open() throws(StartFailure) -> OwnedDescriptor {
    let name = EscapedBytes.string(path.bytes)
    do throws(Errno) { return try OwnedDescriptor(directory: path) } catch {
      switch error {
      case .noSuchFileOrDirectory:
        throw StartFailure(
          "\(name): there is no such directory: make it with 'mkdir -m 700', or mount its file system", .configuration)
      case .notDirectory: throw StartFailure("\(name): it is not a directory", .configuration)
      default: throw StartFailure("\(name): cannot open it: \(error)")
      }
    }
  }
}
