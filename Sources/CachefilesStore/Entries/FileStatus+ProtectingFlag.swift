package import LinuxIO

extension FileStatus {
  /// The inode flag that keeps the entry from being changed or removed, in words; nil without one.
  package var protectingFlag: String? { isImmutable ? "immutable" : isAppendOnly ? "append-only" : nil }
}
