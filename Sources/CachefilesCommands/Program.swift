// SPDX-License-Identifier: Apache-2.0
package import ArgumentParser
import CachefilesCheck
import LinuxIO

/// The programs of this package. All are commands of `cachefiles`; some have a program of their own too.
package enum Program: CInt {
  /// `cachefiles`, with all commands.
  case toolkit = 0
  /// `cachefiles-fsck`.
  case fsck
  /// `cachefiles-cull`.
  case cull
  /// `cache-du`.
  case usage
  /// `cachefiles-daemon`.
  case daemon

  /// The program that a file is, by the name under which it was started: one file with links to it has all programs.
  ///
  /// - Parameter name: the program's own path or name, `argv[0]`.
  func started(as name: String) -> Program {
    guard self == .toolkit else { return self }
    switch name.split(separator: "/").last {
    case "cachefiles-fsck": return .fsck
    case "cachefiles-cull": return .cull
    case "cache-du": return .usage
    case "cachefiles-daemon": return .daemon
    default: return self
    }
  }

  package var command: any ParsableCommand.Type {
    switch self {
    case .toolkit: Toolkit.self
    case .fsck: FsckProgram.self
    case .cull: CullProgram.self
    case .usage: UsageProgram.self
    case .daemon: DaemonProgram.self
    }
  }

  /// Prints what the parser of the command line has to say: help, a version, or what it does not understand.
  func printMessage(for error: any Error, _ arguments: [String]) {
    Environment.keepColumns(atLeast: 40)
    let text = UsageLine.folded(in: command.fullMessage(for: error))
    guard !text.isEmpty else { return }
    guard command.exitCode(for: error) == ExitStatus.success else {
      return StandardError.line(RawArguments.printable(RefusalHint.added(to: text, command: command, arguments)))
    }
    // A group of commands has a name that needs no second one.
    let printable = RawArguments.printable(text.replacing(": SUBCOMMANDS:\n", with: ":\n"))
    let output = OutputStream()
    output.line(printable)
    output.flush()
  }

  /// What to say of arguments that the parser would take, and nobody means. The daemon takes the last of two, as cachefilesd does.
  func refusal(of arguments: [String]) -> String? {
    if self == .daemon || arguments.first == DaemonCommand._commandName { return nil }
    return RepeatedOption.refusal(command, arguments).map { "Error: \($0)" }
  }

  /// The exit status for an error that is no ``Failure``.
  func status(for error: any Error, _ arguments: [String]) -> ExitCode {
    let code = command.exitCode(for: error)
    return code == ExitStatus.usage && isFsck(arguments) ? ExitCode(CheckReport.ExitBits.usage) : code
  }

  /// The exit status for a failure before the command began.
  func failureStatus(_ arguments: [String]) -> ExitCode {
    isFsck(arguments) ? ExitCode(CheckReport.ExitBits.operational) : ExitStatus.failure
  }

  /// The exit status where a signal came before there was anything to report.
  func interruptedStatus(_ arguments: [String], _ signal: Int32) -> ExitCode {
    isFsck(arguments) ? ExitCode(CheckReport.ExitBits.interrupted) : ExitStatus.signal(signal)
  }

  /// `fsck` has exit statuses of its own, also as a command of `cachefiles`, which has no options before its commands.
  private func isFsck(_ arguments: [String]) -> Bool {
    self == .fsck || self == .toolkit && arguments.first == "fsck"
  }
}
