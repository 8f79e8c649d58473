// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import LinuxIO
package import SystemPackage

/// What else tells whether a cache is live, besides the directory itself.
package struct LivenessSources: Sendable {
  /// The kernel that would hold it.
  package var kernel: KernelRelease
  /// The kernel's table of caches.
  package var caches: FilePath
  /// Where processes are listed.
  package var processes: FilePath
  /// The kernel's table of volumes.
  package var volumes: FilePath = "/proc/fs/fscache/volumes"
  /// The device that a daemon has open.
  package var device = "/dev/cachefiles"
  /// What takes commands through a descriptor that was borrowed.
  package var makeDevice: @Sendable (consuming OwnedDescriptor) -> any CommandDevice = { BorrowedDevice($0) }

  /// The running kernel's.
  package init(
    kernel: KernelRelease = .running, caches: FilePath = "/proc/fs/fscache/caches", processes: FilePath = "/proc"
  ) {
    self.kernel = kernel
    self.caches = caches
    self.processes = processes
  }

  /// Whether the kernel surely holds no cache: no table, because nothing that caches is loaded, or no row in it.
  ///
  /// A container may hide the table with everything round it: then its absence proves nothing.
  var hasNoCache: Bool {
    do throws(Errno) {
      let text = try SmallFile.read(caches)
      let table = KernelTable<CacheLine>(parsing: text.span)
      return table.rows.isEmpty && table.unread.count == 0
    } catch {
      let above = caches.removingLastComponent().removingLastComponent()
      return error == .noSuchFileOrDirectory && (try? OwnedDescriptor(directory: above, keepsAccessTime: false)) != nil
    }
  }

  /// What the processes tell when the directories cannot.
  func askProcesses() -> Liveness {
    do throws(Errno) {
      guard let process = try OpenFiles.holders(of: device, proc: processes).first?.process else { return .offline }
      return .unknown("process \(process) has /dev/cachefiles open, and kernel \(kernel) does not mark directories")
    } catch {
      let reason =
        error == .noSuchProcess
        ? "the processes of the machine cannot be seen from here" : "not all processes can be asked (\(error))"
      return .unknown("kernel \(kernel) does not mark directories, and \(reason)")
    }
  }
}
