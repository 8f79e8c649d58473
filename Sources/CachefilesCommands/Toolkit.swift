import ArgumentParser
import CachefilesFormat
import CachefilesStore
import Glibc
import LinuxIO

/// `cachefiles`: the root of the commands.
struct Toolkit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cachefiles",
    abstract: "Look into, check and tidy the on-disk cache of Linux network file systems.",
    discussion: """
      Linux keeps local copies of NFS, AFS, SMB, 9P, Ceph and EROFS files in a cachefiles directory. These commands \
      read such a directory; only 'fsck' with -p, -y or --undo, 'cull', 'sweep' and 'purge' change one, and 'copy' \
      writes another.

      A command that works on a cache takes its directory as DIR. Without it the 'dir' line of /etc/cachefilesd.conf \
      is used, else /var/cache/fscache.

      \(ExitStatus.table)
      """,
    version: Version.text,
    groupedSubcommands: [
      CommandGroup(name: "Names and records:", subcommands: [Encode.self, Decode.self, Record.self]),
      CommandGroup(
        name: "A cache directory:",
        subcommands: [UsageCommand.self, Stats.self, List.self, Show.self, Fsck.self, Extract.self]),
      CommandGroup(name: "Files and objects:", subcommands: [Cached.self, Locate.self, WhatIs.self]),
      CommandGroup(
        name: "Making room:", subcommands: [CullCommand.self, Sweep.self, PurgeCommand.self, Copy.self]),
      CommandGroup(name: "The kernel's side:", subcommands: [Doctor.self]),
      CommandGroup(name: "Trying things out:", subcommands: [Demo.self, Sample.self]),
    ])
}

/// The program's version and the layouts that it knows.
enum Version {
  static let number = "0.1.0"
  static let text =
    "cachefiles-toolkit \(number) (cachefiles layouts: legacy up to Linux 5.16, volumes from 5.17 to 7.3)"
}

/// The programs of this package. All are commands of `cachefiles`; some have a program of their own too.
public enum Program: Sendable {
  /// `cachefiles`, with all commands.
  case toolkit
  /// `cachefiles-fsck`.
  case fsck
  /// `cachefiles-cull`.
  case cull
  /// `cache-du`.
  case usage

  fileprivate var command: any ParsableCommand.Type {
    switch self {
    case .toolkit: Toolkit.self
    case .fsck: FsckProgram.self
    case .cull: CullProgram.self
    case .usage: UsageProgram.self
    }
  }
}

/// Runs the command line and exits.
public func runToolkit(_ program: Program = .toolkit) -> Never {
  StandardStreams.fillIn()
  signal(SIGPIPE, SIG_IGN)
  Interruption.catchSignals()
  let root = program.command
  let arguments = program == .toolkit ? Stats.complete(RawArguments.all) : RawArguments.all
  let isFsck = program == .fsck || arguments.first == "fsck"
  do {
    var command = try root.parseAsRoot(arguments)
    try command.run()
    exit(0)
  } catch let failure as Failure {
    StandardError.line("cachefiles: \(failure)")
    exit(ExitStatus.failure.rawValue)
  } catch let failure as FsckFailure {
    StandardError.line("cachefiles-fsck: \(failure)")
    exit(CheckReport.ExitBits.operational)
  } catch {
    let code = root.exitCode(for: error)
    let text = root.fullMessage(for: error)
    if !text.isEmpty {
      let printable = RawArguments.printable(text)
      if code == .success {
        print(printable)
      } else {
        StandardError.line(printable)
      }
    }
    exit(isFsck && code == ExitStatus.usage ? CheckReport.ExitBits.usage : code.rawValue)
  }
}
