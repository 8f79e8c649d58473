// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO
import SystemPackage

extension Examination {
  /// Looks at what the machine says besides its kernel's tables: how the kernel was built, what should be mounted,
  /// whether SELinux runs.
  mutating func lookAtMachine(_ sources: Sources) {
    if let fstab = sources.fstab, let text = try? SmallFile.read(fstab) { self.fstab = FstabLine.lines(of: text.span) }
    if let security = sources.security, sources.isRunningKernel {
      hasSELinux = (try? FileStatus.of(security.appending("enforce"))) != nil
    }
    guard let boot = sources.boot else { return }
    if let text = try? SmallFile.read(sources.proc.appending("config.gz")),
      let configuration = Gzip.expand(text, limit: 4 << 20)
    {
      kernelConfiguration = KernelConfiguration(parsing: configuration.span)
      return
    }
    // A copy of another machine may have it unpacked.
    var places = [sources.proc.appending("config")]
    if let text = try? SmallFile.read(sources.proc.appending("sys/kernel/osrelease")) {
      let release = String(decoding: text.prefix { $0 > 32 }, as: UTF8.self)
      if !release.contains("/") {
        places.append(boot.appending("config-\(release)"))
        if sources.isRunningKernel {
          places.append(FilePath("/lib/modules/\(release)/config"))
          places.append(FilePath("/lib/modules/\(release)/build/.config"))
        }
      }
    }
    for place in places {
      guard let text = try? SmallFile.read(place) else { continue }
      kernelConfiguration = KernelConfiguration(parsing: text.span)
      return
    }
  }

  /// Reads the logs that were asked for.
  mutating func readLog(_ sources: Sources) {
    guard sources.log != nil || sources.readsKernelLog else { return }
    var digest = LogDigest()
    var path = sources.kernelLog
    do throws(Errno) {
      if sources.readsKernelLog { try KernelLog.forEach(of: path) { digest.add($0) } }
      if let log = sources.log {
        path = log
        if log == "-" {
          try LineInput.forEach { digest.add($0) }
        } else {
          try LineInput.forEach(of: log) { digest.add($0) }
        }
      }
    } catch {
      logFailure = (path.bytes, "cannot read: \(error)")
    }
    log = digest
  }
}
