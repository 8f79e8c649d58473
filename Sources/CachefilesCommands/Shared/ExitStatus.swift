// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// What the program's exit status means, the same for every command but `fsck`.
enum ExitStatus {
  /// Done.
  static let success = ExitCode(0)
  /// Something failed or could not be read.
  static let failure = ExitCode(1)
  /// Nothing was done, because the cache is live or locked.
  static let live = ExitCode(2)
  /// The command line is not understood.
  static let usage = ExitCode(64)

  /// The cache came up or was taken by another: a failure of what had been begun, unless nothing had been done.
  static func stopped(hasDoneSomething: Bool) -> ExitCode { hasDoneSomething ? failure : live }

  /// Ended by a signal.
  static func signal(_ number: Int32) -> ExitCode { ExitCode(128 + number) }

  /// The table for the help pages.
  static let table = """
    EXIT STATUS
      0    done
      1    something failed or could not be read, with a line on stderr for each
      2    nothing was done, because the cache is live or locked
      64   the command line is not understood
      128+ ended by that signal, after printing what was done
    """
}
