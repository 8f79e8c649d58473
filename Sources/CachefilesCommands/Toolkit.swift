// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat

/// `cachefiles`: the root of the commands.
struct Toolkit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cachefiles",
    abstract: "Inspect, check and maintain the on-disk cache of Linux network file systems.",
    discussion: """
      Linux keeps local copies of NFS, AFS, SMB, 9P, Ceph and EROFS files in a cachefiles directory. These commands \
      read such a directory; only 'fsck' with -p, -y or --undo, 'cull', 'sweep', 'purge', 'verify' with --discard and \
      'daemon' change one, 'copy' and 'receive' write into one that is not in use, and 'prefill' has the kernel fill one.

      A command that works on a cache takes its directory as DIR. Without it the 'dir' line of /etc/cachefilesd.conf \
      is used, else /var/cache/fscache.

      'cachefiles help topics' lists recipes: the cache is full, the daemon died, the server was rolled back, and more.

      \(ExitStatus.table)
      """,
    version: Version.text,
    groupedSubcommands: [
      CommandGroup(name: "Names and records:", subcommands: [Encode.self, Decode.self, Record.self, Explain.self]),
      CommandGroup(
        name: "A cache directory:",
        subcommands: [UsageCommand.self, Stats.self, List.self, Show.self, Fsck.self, Extract.self]),
      CommandGroup(name: "Files and objects:", subcommands: [Cached.self, Locate.self, WhatIs.self]),
      CommandGroup(
        name: "Making room:", subcommands: [CullCommand.self, Sweep.self, PurgeCommand.self, Keep.self, Copy.self]),
      CommandGroup(name: "Trust:", subcommands: [VerifyCommand.self, PrefillCommand.self]),
      CommandGroup(name: "Many machines:", subcommands: [Manifest.self, Where.self, Send.self, Receive.self]),
      CommandGroup(name: "The kernel's side:", subcommands: [Top.self, Doctor.self, DaemonCommand.self]),
      CommandGroup(name: "Trying things out:", subcommands: [Demo.self, Sample.self]),
    ])
}
