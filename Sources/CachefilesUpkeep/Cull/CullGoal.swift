// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
package import LinuxIO

/// What a cull is to reach; everything that is given must hold.
package struct CullGoal: Sendable, Equatable {
  /// The file system has at least so many bytes available.
  package var availableBytes: UInt64?
  /// The file system has room for at least so many more files.
  package var freeFiles: UInt64?
  /// The selected objects occupy at most so many bytes.
  package var maximumBytes: UInt64?
  /// At most so many objects are selected and left.
  package var maximumObjects: Int?
  /// No selected object was last used before this moment.
  package var usedSince: Timestamp?
  /// How much more goes than is needed, where something has to go.
  package var margin = CullMargin.bytes(0)

  /// Asks for nothing.
  package init() {}

  /// The limits at which the kernel's own culling stops: `brun` and `frun`, computed as `cachefiles_add_cache`
  /// (fs/cachefiles/cache.c) does. A file system that does not count files has no limit for them.
  package init(_ limits: CullLimits, _ fileSystem: FileSystemStatus) {
    availableBytes = limits.brun &* fileSystem.blockSize
    if fileSystem.files > 0 { freeFiles = limits.frun }
  }

  /// What has to go, given what there is.
  func need(_ fileSystem: FileSystemStatus?, selected: CullSum) -> CullSum {
    var need = CullSum()
    if let fileSystem {
      let available = fileSystem.availableBytes
      if let wanted = availableBytes, wanted > available {
        let margin = margin.bytes(of: fileSystem.blocks &* fileSystem.blockSize)
        need.bytes = (wanted - available).addingClamped(margin)
      }
      if let wanted = freeFiles, wanted > fileSystem.freeFiles {
        need.files = Int(clamping: wanted - fileSystem.freeFiles)
      }
    }
    if let maximum = maximumBytes, selected.bytes > maximum {
      let more = (selected.bytes - maximum).addingClamped(margin.bytes(of: maximum))
      need.bytes = max(need.bytes, min(selected.bytes, more))
    }
    if let maximum = maximumObjects, selected.objects > maximum { need.objects = selected.objects - maximum }
    return need
  }
}

extension CullGoal {
  /// Whether the file system alone tells if it holds.
  var isAboutSpaceAlone: Bool { maximumBytes == nil && maximumObjects == nil && usedSince == nil }

  /// What the file system lacks, in bytes and in files.
  func missing(_ fileSystem: FileSystemStatus) -> (bytes: UInt64, files: UInt64) {
    let (available, free) = (fileSystem.availableBytes, fileSystem.freeFiles)
    let (bytes, files) = (availableBytes ?? 0, freeFiles ?? 0)
    return (bytes > available ? bytes - available : 0, files > free ? files - free : 0)
  }
}
