import ArgumentParser

/// The programs of this package. All are commands of `cachefiles`; some have a program of their own too.
enum Program: CInt {
  /// `cachefiles`, with all commands.
  case toolkit = 0
  /// `cachefiles-fsck`.
  case fsck
  /// `cachefiles-cull`.
  case cull
  /// `cache-du`.
  case usage

  var command: any ParsableCommand.Type {
    switch self {
    case .toolkit: Toolkit.self
    case .fsck: FsckProgram.self
    case .cull: CullProgram.self
    case .usage: UsageProgram.self
    }
  }
}
