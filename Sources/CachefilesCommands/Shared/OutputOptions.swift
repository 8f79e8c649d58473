// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat

/// The options of every command that prints.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON document.")
  var json = false

  @Flag(help: "Print one JSON object per line.")
  var jsonl = false

  @OptionGroup var manner: OutputManner

  func validate() throws {
    if json && jsonl { throw ValidationError("--json and --jsonl exclude each other") }
  }

  /// Whether notes and progress are left out.
  var quiet: Bool { manner.quiet }
  /// Whether more is said.
  var verbose: Bool { manner.verbose }

  /// How to print.
  var format: OutputFormat { json ? .document : jsonl ? .lines : .text }
}
