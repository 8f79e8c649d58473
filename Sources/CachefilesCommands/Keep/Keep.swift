// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// `cachefiles keep`: pins files, so that no cull and no purge takes their objects.
struct Keep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keep",
    abstract: "Pin files: their objects stay through every cull and purge.",
    discussion: """
      A path on a mounted network file system stands for the objects of all files below it, whether they are in the cache already \
      or not. They are written down in a file outside the cache, which 'cull' and 'purge' read unless --no-pins says otherwise. \
      What the daemon culls by itself is not kept: give it room before its limits are reached.

      New files of a tree are pinned by 'refresh', from cron for example. A mount with other options has other objects; \
      'refresh' takes those instead.

      \(ExitStatus.table)
      """,
    subcommands: [KeepAdd.self, KeepRemove.self, KeepList.self, KeepCheck.self, KeepRefresh.self])
}
