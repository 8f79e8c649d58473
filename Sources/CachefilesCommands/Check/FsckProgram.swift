// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesCheck
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// `cachefiles-fsck`: the same as a program of its own.
struct FsckProgram: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cachefiles-fsck", abstract: Fsck.configuration.abstract,
    discussion: Fsck.configuration.discussion, version: Version.text)

  @OptionGroup var command: Fsck

  func run() throws { try command.run() }
}
