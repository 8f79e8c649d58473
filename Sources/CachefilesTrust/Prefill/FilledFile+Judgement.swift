// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import LinuxIO

extension FilledFile {
  /// A file that is not to be read: it is cached whole, or nothing that is read of it would be stored.
  init(unread file: JudgedFile) {
    let judgement = file.judgement
    self.init(path: file.path, state: .unknown, reason: judgement.reason, fileBytes: file.fileBytes)
    switch judgement.state {
    case .cached:
      state = .whole
      reason = nil
      return
    case .absent: state = .uncached
    case .dirty: state = .dirty
    case .partial, .empty, .stale, .unknown: state = .unknown
    }
    leftBytes = file.fileBytes
  }

  /// The same after another round, whose reading counts too.
  func after(_ before: FilledFile?) -> FilledFile {
    guard let before else { return self }
    var sum = self
    sum.missingBytes = max(before.missingBytes, missingBytes)
    sum.readBytes += before.readBytes
    return sum
  }

  /// Takes over what is cached of the file after it was read, and why that is not all.
  ///
  /// - Parameters:
  ///   - kernel: 6.12 does not always store the last block, or blocks between two requests (K14 of Docs/Errata.md).
  ///   - isShort: whether the kernel has refused to store something for want of space meanwhile.
  mutating func take(_ judgement: CachedFileJudgement, kernel: KernelRelease, isShort: Bool) {
    reason = judgement.reason
    switch judgement.state {
    case .cached:
      state = .filled
      reason = nil
    case .partial, .empty:
      let end = fileBytes & ~4095
      let isTail = kernel == KernelRelease(6, 12) && leftBytes > 0 && leftBytes <= fileBytes - end
      state = isTail ? .tail : .partial
      reason =
        isShort
        ? "the kernel refused to store something for want of space"
        : kernel == KernelRelease(6, 12)
          ? "Linux 6.12 does not store all that it reads at the first time (K14); another run reads the rest"
          : "the kernel did not store all that was read"
    case .absent:
      state = .uncached
      if reason == nil { reason = isShort ? "the kernel had no space for an object" : "the kernel made no object" }
    case .stale,
      .dirty where !judgement.isInUse:
      state = .partial
      reason = "the kernel does not use its copy: \(judgement.reason ?? "it is stale")"
    case .dirty: state = .dirty
    case .unknown: state = judgement.isUncommitted ? .pending : .unknown
    }
  }
}
