// SPDX-License-Identifier: Apache-2.0
package import LinuxIO
package import SystemPackage

/// Why the kernel's leave for removing something from a cache in use cannot be asked for. Each is one line that says what is
/// missing.
package enum LeaveRefusal: Error, Equatable, Sendable, CustomStringConvertible {
  /// No process has `/dev/cachefiles` open.
  case noDaemon
  /// Several processes have it open: which of them keeps the cache up is not known.
  case severalDaemons([CacheDaemon])
  /// Objects belong to the daemon: it fills them itself.
  case onDemand(CacheDaemon)
  /// The kernel's tables, or the device itself, do not say that the daemon holds this cache.
  case otherCache(CacheDaemon, String)
  /// Yama forbids it to everybody.
  case yama
  /// `CAP_SYS_PTRACE` is missing.
  case capability
  /// The kernel refused all the same.
  case refused(CacheDaemon, Errno)
  /// Not all processes of the machine can be seen.
  case otherProcesses
  /// Not all processes can be asked.
  case closedProcesses(Errno)
  /// The kernel cannot do it.
  case oldKernel(KernelRelease)
  /// The system call does not exist here.
  case noSystemCall
  /// Something else failed.
  case failed(Errno)

  /// One line.
  package var description: String {
    switch self {
    case .noDaemon: "no process has /dev/cachefiles open"
    case .severalDaemons(let daemons):
      "several processes have /dev/cachefiles open: " + daemons.map(\.description).joined(separator: ", ")
    case .onDemand(let daemon):
      "\(daemon) serves it in on-demand mode, where objects belong to the daemon; remove images there"
    case .otherCache(let daemon, let reason): "\(daemon) does not hold this cache: \(reason)"
    case .yama:
      "no process may borrow the descriptor of another one: kernel.yama.ptrace_scope is 3, until the machine starts again"
    case .capability: "borrowing the daemon's descriptor needs CAP_SYS_PTRACE"
    case .refused(let daemon, let error): "the kernel does not let \(daemon) be asked for its descriptor: \(error)"
    case .otherProcesses:
      "the processes of the machine cannot be seen from here: run it outside the container, or in the host's pid namespace"
    case .closedProcesses(let error): "not all processes can be asked whether they hold it: \(error)"
    case .oldKernel(let release):
      release < KernelRelease(5, 6)
        ? "kernel \(release) has no pidfd_getfd(2), which came with 5.6"
        : "kernel \(release) does not mark directories in use, so that the cache of its daemon is not known; 5.17 does"
    case .noSystemCall: "pidfd_getfd(2) is not available: an old kernel, or a filter of system calls"
    case .failed(let error): "cannot ask for leave: \(error)"
    }
  }
}
